package dev.tidemark.test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A CREATE TABLE of docs/readers.md.
 *
 * @param columns the type of each
 * @param options what stands in WITH
 */
record ReaderDdl(Map<String, String> columns, Map<String, String> options) {

    private static final Path DOCUMENT = Path.of("../docs/readers.md");
    private static final Pattern COLUMN =
            Pattern.compile("^  `?(?<name>[a-z_]+)`? (?<value>.+?),?$", Pattern.MULTILINE);
    private static final Pattern OPTION = Pattern.compile("'(?<name>[^']+)' = '(?<value>[^']*)'");

    /** @param reader the heading of its section */
    static ReaderDdl of(String reader, String table) throws IOException {
        String document = Files.readString(DOCUMENT);
        Matcher statement = Pattern.compile(
                        "CREATE TABLE " + table + " \\(\n(?<columns>.+?)\n\\) WITH \\(\n(?<options>.+?)\n\\)",
                        Pattern.DOTALL)
                .matcher(document.substring(document.indexOf("## " + reader)));
        if (!statement.find()) {
            throw new IllegalStateException("no table " + table + " for " + reader);
        }
        return new ReaderDdl(pairs(COLUMN, statement.group("columns")), pairs(OPTION, statement.group("options")));
    }

    private static Map<String, String> pairs(Pattern pattern, String text) {
        Map<String, String> pairs = new LinkedHashMap<>();
        Matcher pair = pattern.matcher(text);
        while (pair.find()) {
            pairs.put(pair.group("name"), pair.group("value"));
        }
        return pairs;
    }
}
