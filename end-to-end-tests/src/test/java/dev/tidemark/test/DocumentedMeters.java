package dev.tidemark.test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The meters of docs/metrics.md. */
final class DocumentedMeters {

    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `cdc\\.[a-z.]+` \\| `(cdc_\\w+)` \\| (\\w+)( with histogram)?");

    private DocumentedMeters() {}

    /** Their series, as Prometheus names them. */
    static Set<String> series() {
        Set<String> names = new TreeSet<>();
        Matcher rows = ROW.matcher(document());
        while (rows.find()) {
            String name = rows.group(1);
            switch (rows.group(2)) {
                case "timer", "summary" -> {
                    names.add(name + "_count");
                    names.add(name + "_sum");
                    names.add(name + "_max");
                    if (rows.group(3) != null) {
                        names.add(name + "_bucket");
                    }
                }
                default -> names.add(name);
            }
        }
        return names;
    }

    private static String document() {
        try {
            return Files.readString(Path.of("../docs/metrics.md"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What an expression uses of ours that the document does not know. */
    static Set<String> unknownIn(String expression) {
        Set<String> used = Promql.metrics(expression);
        used.removeIf(name -> !name.startsWith("cdc_"));
        used.removeAll(series());
        return used;
    }
}
