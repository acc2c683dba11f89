package io.tta4j.stream.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tta4j.stream.metric.Accuracy;
import io.tta4j.stream.metric.ClassCounts;
import io.tta4j.stream.replay.AnsweredImage;
import io.tta4j.stream.replay.Window;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
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
                    "seed" : 0,
                    "corruption" : "fog",
                    "fingerprint" : "0123456789abcdef",
                    "samples" : 3,
                    "correct" : 1,
                    "accuracy" : 33.333,
                    "error" : 66.667,
                    "gain" : {
                      "points" : 0.000,
                      "low" : 0.000,
                      "high" : 0.000
                    },
                    "batches" : 2,
                    "reliableSamples" : 0,
                    "adaptedSamples" : 0,
                    "resets" : 0,
                    "rejected" : 0,
                    "held" : 0,
                    "rolledBack" : 0,
                    "latencyMs" : {
                      "p50" : 1.000,
                      "p90" : 1.250,
                      "p99" : 1.500,
                      "max" : 2.000
                    },
                    "samplesPerSecond" : 750.000,
                    "relativeCost" : 1.000,
                    "prequential" : {
                      "window" : 100,
                      "sliding" : 33.333,
                      "worst" : 33.333,
                      "fading" : 33.300
                    },
                    "domains" : {
                      "fog" : {
                        "samples" : 3,
                        "accuracy" : 33.333
                      }
                    },
                    "classes" : {
                      "samples" : [ 1, 2 ],
                      "accuracy" : [ 100.000, 0.000 ]
                    },
                    "calibration" : {
                      "ece" : 66.667,
                      "brier" : 0.500,
                      "nll" : null,
                      "bins" : {
                        "samples" : [ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3 ],
                        "accuracy" : [ null, null, null, null, null, null, null, null, null, null, null, null, null, null, 33.333 ],
                        "confidence" : [ 0.000, 0.000, 0.000, 0.000, 0.000, 0.000, 0.000, 0.000, 0.000, 0.000, 0.000, 0.000, 0.000, 0.000, 100.000 ]
                      }
                    },
                    "windows" : [ 33.333 ],
                    "course" : {
                      "end" : [ 3 ],
                      "fading" : [ 33.300 ],
                      "reliable" : [ 0.000 ],
                      "adapted" : [ 0.000 ],
                      "resets" : [ 0 ],
                      "entropy" : [ 0.000 ],
                      "sourceEntropy" : [ 0.000 ],
                      "predicted" : {
                        "windows" : 1,
                        "counts" : [ [ 3, 0 ] ]
                      },
                      "domainChanges" : [ {
                        "at" : 0,
                        "domain" : "fog"
                      } ]
                    },
                    "collapse" : {
                      "entropy" : 0.000,
                      "lowest" : 0.000,
                      "sourceEntropy" : 0.000,
                      "sourceLowest" : 0.000
                    },
                    "hits" : "AQ=="
                  }, {
                    "method" : "sar",
                    "setting" : "mild",
                    "seed" : 0,
                    "corruption" : "fog",
                    "fingerprint" : "0123456789abcdef",
                    "samples" : 3,
                    "correct" : 2,
                    "accuracy" : 66.667,
                    "error" : 33.333,
                    "gain" : {
                      "points" : 33.333,
                      "low" : 0.000,
                      "high" : 66.667
                    },
                    "batches" : 2,
                    "reliableSamples" : 3,
                    "adaptedSamples" : 2,
                    "resets" : 1,
                    "rejected" : 0,
                    "held" : 0,
                    "rolledBack" : 0,
                    "latencyMs" : {
                      "p50" : 2.250,
                      "p90" : 3.000,
                      "p99" : 4.000,
                      "max" : 5.000
                    },
                    "samplesPerSecond" : 250.000,
                    "relativeCost" : 3.000,
                    "prequential" : {
                      "window" : 100,
                      "sliding" : 66.667,
                      "worst" : 66.667,
                      "fading" : 66.667
                    },
                    "domains" : {
                      "fog" : {
                        "samples" : 3,
                        "accuracy" : 66.667
                      }
                    },
                    "classes" : {
                      "samples" : [ 1, 2 ],
                      "accuracy" : [ 100.000, 50.000 ]
                    },
                    "calibration" : {
                      "ece" : 33.333,
                      "brier" : 0.500,
                      "nll" : null,
                      "bins" : {
                        "samples" : [ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3 ],
                        "accuracy" : [ null, null, null, null, null, null, null, null, null, null, null, null, null, null, 66.667 ],
                        "confidence" : [ 0.000, 0.000, 0.000, 0.000, 0.000, 0.000, 0.000, 0.000, 0.000, 0.000, 0.000, 0.000, 0.000, 0.000, 100.000 ]
                      }
                    },
                    "windows" : [ 66.667 ],
                    "course" : {
                      "end" : [ 3 ],
                      "fading" : [ 66.667 ],
                      "reliable" : [ 100.000 ],
                      "adapted" : [ 66.667 ],
                      "resets" : [ 1 ],
                      "entropy" : [ 0.637 ],
                      "sourceEntropy" : [ 0.000 ],
                      "predicted" : {
                        "windows" : 1,
                        "counts" : [ [ 2, 1 ] ]
                      },
                      "domainChanges" : [ {
                        "at" : 0,
                        "domain" : "fog"
                      } ]
                    },
                    "collapse" : {
                      "entropy" : 0.637,
                      "lowest" : 0.637,
                      "sourceEntropy" : 0.000,
                      "sourceLowest" : 0.000
                    },
                    "hits" : "BQ=="
                  } ],
                  "summary" : [ {
                    "method" : "source",
                    "setting" : "mild",
                    "stream" : "fog",
                    "streams" : 1,
                    "seeds" : 1,
                    "accuracy" : 33.333,
                    "deviation" : null,
                    "gain" : {
                      "points" : 0.000,
                      "low" : 0.000,
                      "high" : 0.000
                    },
                    "worstWindow" : 33.333,
                    "ece" : 66.667,
                    "cleanAccuracy" : null,
                    "forgetting" : null,
                    "adaptedShare" : 0.000,
                    "resets" : 0,
                    "relativeCost" : 1.000
                  }, {
                    "method" : "sar",
                    "setting" : "mild",
                    "stream" : "fog",
                    "streams" : 1,
                    "seeds" : 1,
                    "accuracy" : 66.667,
                    "deviation" : null,
                    "gain" : {
                      "points" : 33.333,
                      "low" : 0.000,
                      "high" : 66.667
                    },
                    "worstWindow" : 66.667,
                    "ece" : 33.333,
                    "cleanAccuracy" : null,
                    "forgetting" : null,
                    "adaptedShare" : 66.667,
                    "resets" : 1,
                    "relativeCost" : 3.000
                  }, {
                    "method" : "source",
                    "setting" : "mild",
                    "stream" : null,
                    "streams" : 1,
                    "seeds" : 1,
                    "accuracy" : 33.333,
                    "deviation" : null,
                    "gain" : {
                      "points" : 0.000,
                      "low" : 0.000,
                      "high" : 0.000
                    },
                    "worstWindow" : 33.333,
                    "ece" : 66.667,
                    "cleanAccuracy" : null,
                    "forgetting" : null,
                    "adaptedShare" : 0.000,
                    "resets" : 0,
                    "relativeCost" : 1.000
                  }, {
                    "method" : "sar",
                    "setting" : "mild",
                    "stream" : null,
                    "streams" : 1,
                    "seeds" : 1,
                    "accuracy" : 66.667,
                    "deviation" : null,
                    "gain" : {
                      "points" : 33.333,
                      "low" : 0.000,
                      "high" : 66.667
                    },
                    "worstWindow" : 66.667,
                    "ece" : 33.333,
                    "cleanAccuracy" : null,
                    "forgetting" : null,
                    "adaptedShare" : 66.667,
                    "resets" : 1,
                    "relativeCost" : 3.000
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
    void jsonAddsUpWindowsOfManyClasses() throws IOException {
        // 3 x 20,000 counts are more than 50,000: two windows go together.
        int[] first = new int[20_000];
        first[7] = 1;
        int[] last = new int[20_000];
        last[19_999] = 1;
        List<Window> windows = List.of(
                new Window(1, new Accuracy(1, 1), 0, 0, 0, ClassCounts.of(first)),
                new Window(2, new Accuracy(1, 0), 0, 0, 0, ClassCounts.of(first)),
                new Window(3, new Accuracy(1, 1), 0, 0, 0, ClassCounts.of(last)));
        ReplayReport report = new ReplayReport(List.of(Reports.predicting(Reports.SAR, windows)), Map.of(), Map.of());

        JsonNode course =
                new ObjectMapper().readTree(write(ReportFormat.JSON, report)).at("/results/0/course");

        assertThat(course.at("/predicted/windows").asInt()).isEqualTo(2);
        assertThat(course.at("/predicted/counts")).hasSize(2);
        assertThat(course.at("/predicted/counts/0/7").asInt()).isEqualTo(2);
        assertThat(course.at("/predicted/counts/1/19999").asInt()).isEqualTo(1);
        assertThat(course.at("/entropy")).hasSize(3);
    }

    @Test
    void csvHasALineForEachResult() throws IOException {
        assertThat(write(ReportFormat.CSV).lines())
                .containsExactly(
                        "method,setting,seed,stream,samples,correct,accuracy,error,gain,gainLow,gainHigh,worstWindow,"
                                + "sliding,fading,ece,brier,nll,entropy,lowestEntropy,sourceEntropy,"
                                + "sourceLowestEntropy,cleanAccuracy,forgetting,batches,onlyPredicted,costRatio,"
                                + "reliableSamples,adaptedSamples,resets,rejected,held,rolledBack,latencyMsP50,"
                                + "latencyMsP90,latencyMsP99,latencyMsMax,samplesPerSecond,relativeCost",
                        "source,mild,0,fog,3,1,33.333,66.667,0.000,0.000,0.000,33.333,33.333,33.300,66.667,0.500,,"
                                + "0.000,0.000,0.000,0.000,,,2,0,,0,0,0,0,0,0,1.000,1.250,1.500,2.000,750.000,1.000",
                        "sar,mild,0,fog,3,2,66.667,33.333,33.333,0.000,66.667,66.667,66.667,66.667,33.333,0.500,,"
                                + "0.637,0.637,0.000,0.000,,,2,0,,3,2,1,0,0,0,2.250,3.000,4.000,5.000,250.000,3.000");
    }

    @Test
    void csvHoldsThePaceAndWhatWasForgotten() throws IOException {
        ReplayReport report = new ReplayReport(List.of(Reports.pacedAndLookedAt(Reports.SAR)), Map.of(), Map.of());

        List<String> lines = write(ReportFormat.CSV, report).lines().toList();
        Map<String, String> row = new HashMap<>();
        String[] cells = lines.get(1).split(",", -1);
        for (String column : lines.get(0).split(",", -1)) {
            row.put(column, cells[row.size()]);
        }

        // 6 of 10 clean images where the source has 8.
        assertThat(row)
                .containsEntry("cleanAccuracy", "60.000")
                .containsEntry("forgetting", "20.000")
                .containsEntry("onlyPredicted", "1")
                .containsEntry("costRatio", "3.000");
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

        assertThat(html).contains("Chart.js v").doesNotContainPattern("@[A-Z]+@");
        assertThat(embedded(html, "data"))
                .isEqualTo(new ObjectMapper().readTree(write(ReportFormat.JSON_WITHOUT_HITS)));
    }

    @Test
    void htmlHoldsSettingsAndSeedsAndTheGallery() throws IOException {
        AnsweredImage answered = new AnsweredImage("fog</script><!--", 0, 1, 0, 1);
        ReplayReport report = new ReplayReport(
                List.of(
                        Reports.showing(Reports.SAR, List.of(answered)),
                        Reports.with(Reports.SAR, "mild", 1),
                        Reports.with(Reports.SAR, "mixed", 0, "mixed")),
                Map.of(),
                Map.of());

        String html = write(ReportFormat.HTML, report);

        JsonNode results = embedded(html, "data").get("results");
        assertThat(results.findValuesAsText("setting")).containsExactly("mild", "mild", "mixed");
        assertThat(results.findValuesAsText("seed")).containsExactly("0", "1", "0");
        JsonNode gallery = embedded(html, "gallery-data");
        assertThat(gallery).hasSize(1);
        assertThat(gallery.get(0).get("domain").asText()).isEqualTo("fog</script><!--");
        assertThat(html).doesNotContain("<!--");
    }

    @Test
    void htmlHasEachElementThatItsScriptFills() throws IOException {
        String html = write(ReportFormat.HTML);
        List<String> ids = matches(html, "<[a-z][^>]*\\sid=\"([^\"]+)\"");

        assertThat(ids).doesNotHaveDuplicates();
        assertThat(matches(html, "byId\\(\"([a-z-]+)\"\\)")).isNotEmpty().isSubsetOf(ids);
        for (String tag : List.of("section", "div", "p", "script", "style", "table", "canvas", "main", "html")) {
            assertThat(matches(template(html), "(<" + tag + "\\b)"))
                    .as(tag)
                    .hasSameSizeAs(matches(template(html), "(</" + tag + ">)"));
        }
    }

    /** The page without what its scripts and its stylesheet say. */
    private static String template(String html) {
        return html.replaceAll("(?s)(<(script|style)[^>]*>).*?(</\\2>)", "$1$3");
    }

    private static List<String> matches(String text, String pattern) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(match -> match.group(match.groupCount()))
                .toList();
    }

    private static JsonNode embedded(String html, String id) throws IOException {
        Matcher data = Pattern.compile("<script type=\"application/json\" id=\"%s\">([^<]*)</script>".formatted(id))
                .matcher(html);
        assertThat(data.find()).isTrue();
        return new ObjectMapper().readTree(data.group(1));
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
