package io.tta4j.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a session's runs took, the first left out, which allocates.
 *
 * @param runs how many
 * @param milliseconds of a run, by what it took them; between and around nodes there is more
 * @param operators what nodes took in all the runs, by operator, the longest first
 * @param nodes the same by node
 */
record OperatorProfile(int runs, double milliseconds, List<Cost> operators, List<Cost> nodes) {

    /**
     * What something took.
     *
     * @param nodes how often it ran
     */
    record Cost(String what, int nodes, double milliseconds) {

        Cost plus(Cost other) {
            return new Cost(what, nodes + other.nodes, milliseconds + other.milliseconds);
        }
    }

    /** Sums up the events of one of ONNX Runtime's profiles. */
    static OperatorProfile of(JsonNode events) {
        List<JsonNode> all = new ArrayList<>();
        events.forEach(all::add);
        List<JsonNode> runs = all.stream()
                .filter(event -> event.path("name").asText().equals("model_run"))
                .sorted(Comparator.comparingLong(event -> event.path("ts").asLong()))
                .toList();
        if (runs.size() < 2) {
            return new OperatorProfile(0, 0, List.of(), List.of());
        }
        long begin = end(runs.get(0));
        Map<String, Cost> operators = new LinkedHashMap<>();
        Map<String, Cost> nodes = new LinkedHashMap<>();
        for (JsonNode event : all) {
            String name = event.path("name").asText();
            if (event.path("ts").asLong() >= begin && name.endsWith("_kernel_time")) {
                JsonNode arguments = event.path("args");
                String operator = arguments.path("op_name").asText();
                double milliseconds = milliseconds(event);
                operators.merge(operator, new Cost(operator, 1, milliseconds), Cost::plus);
                String node = "%s %s %s"
                        .formatted(
                                operator, name.replaceFirst("_kernel_time$", ""), arguments.path("output_type_shape"));
                nodes.merge(node, new Cost(node, 1, milliseconds), Cost::plus);
            }
        }
        double total =
                runs.stream().skip(1).mapToDouble(OperatorProfile::milliseconds).sum();
        return new OperatorProfile(runs.size() - 1, total / (runs.size() - 1), sorted(operators), sorted(nodes));
    }

    private static long end(JsonNode event) {
        return event.path("ts").asLong() + event.path("dur").asLong();
    }

    private static double milliseconds(JsonNode event) {
        return event.path("dur").asLong() / 1e3;
    }

    private static List<Cost> sorted(Map<String, Cost> costs) {
        return costs.values().stream()
                .sorted(Comparator.comparingDouble(Cost::milliseconds).reversed())
                .toList();
    }

    /** A Markdown table of operators, then the costliest nodes. */
    void print(PrintStream out, int costliest) {
        out.printf(Locale.ROOT, "%d runs, %.1f ms each%n%n", runs, milliseconds);
        if (runs == 0) {
            return;
        }
        out.println("| operator | nodes | ms a run | share |");
        out.println("| --- | ---: | ---: | ---: |");
        for (Cost cost : operators) {
            out.printf(
                    Locale.ROOT,
                    "| %s | %d | %.2f | %.1f %% |%n",
                    cost.what,
                    cost.nodes / runs,
                    cost.milliseconds / runs,
                    100 * cost.milliseconds / runs / milliseconds);
        }
        out.println();
        nodes.stream()
                .limit(costliest)
                .forEach(cost -> out.printf(Locale.ROOT, "%8.2f ms  %s%n", cost.milliseconds / runs, cost.what));
        out.println();
    }
}
