package dev.tidemark.test;

import dev.tidemark.stack.ServiceProcess;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The pipeline's own meters, as Prometheus gets them from a service. */
final class Scrape {

    private static final Pattern TYPE = Pattern.compile("^# TYPE (cdc_\\S+) (\\S+)$", Pattern.MULTILINE);
    private static final Pattern SAMPLE =
            Pattern.compile("^(?<name>cdc_[^{\\s]+)(\\{(?<labels>[^}]*)})? (?<value>\\S+)$", Pattern.MULTILINE);
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");

    private final String text;

    private Scrape(String text) {
        this.text = text;
    }

    static Scrape of(ServiceProcess service) {
        return new Scrape(service.get("/actuator/prometheus"));
    }

    /** The names with their types; what belongs to a timer or a summary counts as that. */
    Map<String, String> types() {
        Map<String, String> types = new TreeMap<>();
        TYPE.matcher(text).results().forEach(match -> types.put(match.group(1), match.group(2)));
        types.keySet().removeIf(name -> name.endsWith("_max") && types.containsKey(name.replaceFirst("_max$", "")));
        return types;
    }

    /** Which labels each name has, but for the pipeline that all have, by the names of {@link #types}. */
    Map<String, Set<String>> labels() {
        Map<String, Set<String>> labels = new TreeMap<>();
        Set<String> names = types().keySet();
        for (Matcher sample : samples()) {
            String name = sample.group("name");
            String base = names.contains(name) ? name : name.replaceFirst("_(bucket|count|sum|max)$", "");
            Set<String> known = labels.computeIfAbsent(base, any -> new TreeSet<>());
            known.addAll(labels(sample).keySet());
            known.removeAll(Set.of("le", "pipeline"));
        }
        return labels;
    }

    int series() {
        return samples().size();
    }

    /**
     * The value of the one sample with this name and at least these labels.
     *
     * @param labels names and values in turn
     */
    double value(String name, String... labels) {
        List<Double> values = samples().stream()
                .filter(sample -> sample.group("name").equals(name))
                .filter(sample -> has(labels(sample), labels))
                .map(sample -> Double.parseDouble(sample.group("value")))
                .toList();
        if (values.size() != 1) {
            throw new AssertionError(values.size() + " samples of " + name + List.of(labels) + " in\n" + text);
        }
        return values.get(0);
    }

    private static boolean has(Map<String, String> known, String... labels) {
        for (int i = 0; i < labels.length; i += 2) {
            if (!labels[i + 1].equals(known.get(labels[i]))) {
                return false;
            }
        }
        return true;
    }

    private List<Matcher> samples() {
        return text.lines().map(SAMPLE::matcher).filter(Matcher::matches).toList();
    }

    private static Map<String, String> labels(Matcher sample) {
        Map<String, String> labels = new TreeMap<>();
        if (sample.group("labels") != null) {
            LABEL.matcher(sample.group("labels"))
                    .results()
                    .forEach(label -> labels.put(label.group(1), label.group(2)));
        }
        return labels;
    }
}
