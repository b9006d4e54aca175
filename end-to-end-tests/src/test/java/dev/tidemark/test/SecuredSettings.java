package dev.tidemark.test;

import dev.tidemark.stack.Database;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The settings of a service for {@link SecuredServers}, as docs/security.md has them: only names, files and passwords are replaced. So what is documented is
 * what is tested.
 */
final class SecuredSettings {

    private static final Path DOCUMENT = Path.of("../docs/security.md");
    private static final Pattern BLOCK =
            Pattern.compile("^```properties$(.+?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

    private final Map<String, String> settings;

    private SecuredSettings(Map<String, String> settings) {
        this.settings = settings;
    }

    /**
     * @param broker the port of the broker
     * @param database of the service, with the name in it
     */
    static SecuredSettings documented(Path certificates, int broker, Database server, String database) {
        return new SecuredSettings(documented())
                .replace("/etc/tidemark", certificates.toString())
                .replace("kafka.example.com:9093", "localhost:" + broker)
                .replace("postgres.example.com/shop", "localhost:%d/%s".formatted(server.port(), database));
    }

    private static Map<String, String> documented() {
        Properties documented = new Properties();
        try {
            for (MatchResult block :
                    BLOCK.matcher(Files.readString(DOCUMENT)).results().toList()) {
                documented.load(new StringReader(block.group(1)));
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        Map<String, String> settings = new TreeMap<>();
        documented.stringPropertyNames().forEach(name -> settings.put(name, documented.getProperty(name)));
        return settings;
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
