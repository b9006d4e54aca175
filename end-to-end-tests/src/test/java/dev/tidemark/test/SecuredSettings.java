package dev.tidemark.test;

import dev.tidemark.stack.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The settings of a service for {@link SecuredServers}, as docs/security.md has them: only names, files and passwords are replaced. So what is documented is
 * what is tested.
 */
final class SecuredSettings {

    private static final Path DOCUMENT = Path.of("../docs/security.md");
    private static final Pattern SETTING = Pattern.compile("^([A-Z_]+)=(.+)$", Pattern.MULTILINE);
    private static final String KAFKA_HOST = "kafka.example.com";

    private final Map<String, String> settings;

    private SecuredSettings(Map<String, String> settings) {
        this.settings = settings;
    }

    /**
     * @param broker the port of the broker
     * @param database of the service, with the name in it
     */
    static SecuredSettings documented(Path certificates, int broker, Database server, String database) {
        try {
            Map<String, String> settings = SETTING.matcher(Files.readString(DOCUMENT))
                    .results()
                    .collect(Collectors.toMap(
                            result -> result.group(1),
                            (MatchResult result) -> result.group(2),
                            (a, b) -> b,
                            TreeMap::new));
            return new SecuredSettings(settings)
                    .replace("/etc/tidemark", certificates.toString())
                    .replace(KAFKA_HOST + ":9093", "localhost:" + broker)
                    .replace("postgres.example.com/shop", "localhost:%d/%s".formatted(server.port(), database));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** With other text in the values of those settings whose names contain a word. */
    SecuredSettings in(String word, String text, String replacement) {
        Map<String, String> changed = new TreeMap<>(settings);
        changed.replaceAll((name, value) -> name.contains(word) ? value.replace(text, replacement) : value);
        return new SecuredSettings(changed);
    }

    SecuredSettings with(String name, String value) {
        Map<String, String> more = new TreeMap<>(settings);
        more.put(name, value);
        return new SecuredSettings(more);
    }

    private SecuredSettings replace(String text, String replacement) {
        return in("", text, replacement);
    }

    Map<String, String> map() {
        return settings;
    }
}
