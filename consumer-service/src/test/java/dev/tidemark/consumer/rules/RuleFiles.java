package dev.tidemark.consumer.rules;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Files of rules for tests. */
final class RuleFiles {

    private RuleFiles() {}

    static Rules load(String... texts) {
        try {
            Path directory = Files.createTempDirectory("rules");
            try {
                List<String> files = new ArrayList<>();
                for (String text : texts) {
                    Path file = directory.resolve(files.size() + ".yml");
                    files.add(Files.writeString(file, text).toString());
                }
                return Rules.load(new RulesProperties(files));
            } finally {
                for (int i = 0; i < texts.length; i++) {
                    Files.deleteIfExists(directory.resolve(i + ".yml"));
                }
                Files.delete(directory);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Rules of table t that require this, named r1, r2 and so on. */
    static Rules requiring(String... expressions) {
        StringBuilder yaml = new StringBuilder("t:\n");
        for (int i = 0; i < expressions.length; i++) {
            yaml.append("  - name: r%d\n    message: broken\n    require: \"%s\"\n"
                    .formatted(i + 1, expressions[i].replace("\\", "\\\\").replace("\"", "\\\"")));
        }
        return load(yaml.toString());
    }

    /** Columns with their types, as in {@code id integer, name character varying(100)}. */
    static Map<String, String> columns(String text) {
        Map<String, String> columns = new LinkedHashMap<>();
        for (String column : text.split(", ")) {
            columns.put(column.substring(0, column.indexOf(' ')), column.substring(column.indexOf(' ') + 1));
        }
        return columns;
    }
}
