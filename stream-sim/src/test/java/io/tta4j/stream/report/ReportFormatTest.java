package io.tta4j.stream.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
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

    @Test
    void jsonHoldsTheSessionsOfAClassIncrementalReplay() throws IOException {
        ReplayReport report = new ReplayReport(List.of(Reports.incremental("csfa", 3, 1)), Map.of(), Map.of());

        JsonNode result = new ObjectMapper()
                .readTree(write(ReportFormat.JSON, report))
                .get("results")
                .get(0);

        assertThat(result.get("samples").asInt()).isEqualTo(22);
        assertThat(result.get("accuracy").asDouble()).isEqualTo(55);
        // Base 10 of 16, novel 1 of 4: 2 * 62.5 * 25 / 87.5. The drop is from 75 to 5 of 12.
        assertThat(result.get("incremental")).isEqualTo(new ObjectMapper().readTree("""
                        {
                          "seed": 3, "unnamed": 2,
                          "base": 62.500, "novel": 25.000, "all": 55.000, "harmonicMean": 35.714,
                          "drop": 33.333, "forgetting": 25.000, "unknownAuroc": 0.750, "unknownFpr95": 0.500,
                          "corruptions": {
                            "fog": { "base": 62.500, "novel": 25.000, "all": 55.000, "harmonicMean": 35.714 }
                          },
                          "sessions": [ {
                            "introduced": [], "corruptions": [ "fog" ], "samples": 8, "unnamed": 2,
                            "base": 75.000, "novel": null, "all": 75.000, "harmonicMean": null,
                            "forgetting": null, "unknownAuroc": 0.750, "unknownFpr95": 0.500,
                            "unknown": { "softmax": { "known": 4, "unknown": 2, "auroc": 0.750, "fpr95": 0.500 } }
                          }, {
                            "introduced": [ 6, 7 ], "corruptions": [ "snow", "fog" ], "samples": 12, "unnamed": 0,
                            "base": 50.000, "novel": 25.000, "all": 41.667, "harmonicMean": 33.333,
                            "forgetting": 25.000, "unknownAuroc": null, "unknownFpr95": null, "unknown": {}
                          } ]
                        }
                        """));
    }

    @Test
    void csvOfAClassIncrementalReplayHasALineForEachSession() throws IOException {
        ReplayReport report = new ReplayReport(List.of(Reports.incremental("csfa", 3, 1)), Map.of(), Map.of());

        assertThat(write(ReportFormat.CSV, report).lines())
                .containsExactly(
                        "method,setting,seed,stream,session,introduced,corruptions,samples,unnamed,base,novel,all,"
                                + "harmonicMean,forgetting,unknownAuroc,unknownFpr95",
                        "csfa,class-incremental,3,class-incremental,0,,fog,8,2,75.000,,75.000,,,0.750,0.500",
                        "csfa,class-incremental,3,class-incremental,1,6;7,snow;fog,12,0,50.000,25.000,41.667,33.333,"
                                + "25.000,,");
    }

    private static String write(ReportFormat format) throws IOException {
        return write(format, Reports.report());
    }

    private static String write(ReportFormat format, ReplayReport report) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        format.write(report, out);
        return out.toString(StandardCharsets.UTF_8);
    }
}
