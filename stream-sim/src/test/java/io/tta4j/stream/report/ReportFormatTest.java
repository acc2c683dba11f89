package io.tta4j.stream.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class ReportFormatTest {

    @Test
    void jsonHoldsWhatTheContractSays() throws IOException {
        String json = write(ReportFormat.JSON);

        String expected = """
                {
                  "results" : [ {
                    "method" : "source",
                    "setting" : "mild",
                    "corruption" : "fog",
                    "samples" : 3,
                    "correct" : 1,
                    "accuracy" : 33.333,
                    "batches" : 2,
                    "adaptedSamples" : 0,
                    "resets" : 0,
                    "latencyMs" : {
                      "p50" : 1.000,
                      "p99" : 1.500
                    },
                    "samplesPerSecond" : 750.000,
                    "relativeCost" : 1.000,
                    "windows" : [ 33.333 ]
                  }, {
                    "method" : "sar",
                    "setting" : "mild",
                    "corruption" : "fog",
                    "samples" : 3,
                    "correct" : 2,
                    "accuracy" : 66.667,
                    "batches" : 2,
                    "adaptedSamples" : 2,
                    "resets" : 1,
                    "latencyMs" : {
                      "p50" : 2.250,
                      "p99" : 4.000
                    },
                    "samplesPerSecond" : 250.000,
                    "relativeCost" : 3.000,
                    "windows" : [ 66.667 ]
                  } ],
                  "config" : {
                    "model" : {
                      "file" : "net</script><b>.onnx"
                    },
                    "batch" : 2
                  },
                  "environment" : {
                    "cores" : 2
                  }
                }
                """;
        assertThat(json).isEqualTo(expected);
    }

    @Test
    void csvHasALineForEachResult() throws IOException {
        assertThat(write(ReportFormat.CSV).lines())
                .containsExactly(
                        "method,setting,corruption,samples,correct,accuracy,batches,adaptedSamples,resets,"
                                + "latencyMsP50,latencyMsP99,samplesPerSecond,relativeCost,windows",
                        "source,mild,fog,3,1,33.333,2,0,0,1.000,1.500,750.000,1.000,33.333",
                        "sar,mild,fog,3,2,66.667,2,2,1,2.250,4.000,250.000,3.000,66.667");
    }

    @Test
    void htmlLoadsNothing() throws IOException {
        String html = write(ReportFormat.HTML);

        assertThat(html)
                .doesNotContainPattern("(?i)(src|href|action|data|poster|srcset)\\s*=\\s*[\"']?\\s*(https?:)?//")
                .doesNotContainPattern("(?i)url\\(\\s*[\"']?\\s*(https?:)?//")
                .doesNotContainPattern("(?i)<link|<iframe|<img|@import|sourceMappingURL|\\bfetch\\(|XMLHttpRequest")
                .contains("default-src 'none'");
    }

    @Test
    void htmlHoldsTheChartsAndTheData() throws IOException {
        String html = write(ReportFormat.HTML);

        assertThat(html).contains("Chart.js v").doesNotContain("@DATA@", "@CHART@");
        Matcher data = Pattern.compile("<script type=\"application/json\" id=\"data\">([^<]*)</script>")
                .matcher(html);
        assertThat(data.find()).isTrue();
        ObjectMapper mapper = new ObjectMapper();
        JsonNode embedded = mapper.readTree(data.group(1));
        assertThat(embedded).isEqualTo(mapper.readTree(write(ReportFormat.JSON)));
    }

    private static String write(ReportFormat format) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        format.write(Reports.report(), out);
        return out.toString(StandardCharsets.UTF_8);
    }
}
