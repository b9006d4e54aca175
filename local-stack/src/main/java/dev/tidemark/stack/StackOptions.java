package dev.tidemark.stack;

import java.util.Map;
import java.util.TreeMap;

/**
 * What to start, where the default does not do.
 *
 * @param source settings of the source's {@code postgresql.conf}, over the server's own defaults
 * @param destination the same for the destination
 * @param broker properties of the broker, over those of {@link EmbeddedBroker}; {@code listeners} and {@code advertised.listeners} beside its own
 */
public record StackOptions(Map<String, String> source, Map<String, String> destination, Map<String, String> broker) {

    /** As managed databases come: no logical decoding. Everything is synced to disk, so that a crash test means something. */
    private static final Map<String, String> POSTGRES = Map.of(
            "wal_level", "replica",
            "max_prepared_transactions", "10",
            "max_connections", "60",
            "min_wal_size", "80MB",
            "max_wal_size", "512MB");

    public StackOptions {
        source = Map.copyOf(source);
        destination = Map.copyOf(destination);
        broker = Map.copyOf(broker);
    }

    public static StackOptions defaults() {
        return new StackOptions(POSTGRES, POSTGRES, Map.of());
    }

    public StackOptions withSource(String setting, String value) {
        return new StackOptions(plus(source, setting, value), destination, broker);
    }

    public StackOptions withDestination(String setting, String value) {
        return new StackOptions(source, plus(destination, setting, value), broker);
    }

    public StackOptions withBroker(String property, String value) {
        return new StackOptions(source, destination, plus(broker, property, value));
    }

    private static Map<String, String> plus(Map<String, String> settings, String name, String value) {
        Map<String, String> more = new TreeMap<>(settings);
        more.put(name, value);
        return more;
    }
}
