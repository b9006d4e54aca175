package dev.tidemark.stack;

/**
 * Everything that a pipeline runs on: two databases and a broker.
 *
 * <p>All of it ends with {@link #close()}, and also when this JVM ends in any other way.
 */
public interface Stack extends AutoCloseable {

    /** Says which kind {@link #start()} starts: {@code embedded} (the default) or {@code containers}. */
    String PROPERTY = "tidemark.stack";

    Database source();

    Database destination();

    Broker broker();

    @Override
    void close();

    static Stack start() {
        return start(StackOptions.defaults());
    }

    static Stack start(StackOptions options) {
        String kind = System.getProperty(PROPERTY, "embedded");
        return switch (kind) {
            case "embedded" -> embedded(options);
            case "containers" -> containers(options);
            default ->
                throw new IllegalArgumentException(PROPERTY + "=" + kind + " is not known: use embedded or containers");
        };
    }

    /** Servers as child processes, from what Maven fetched: needs a JDK and nothing else. */
    static Stack embedded(StackOptions options) {
        return ServerStack.start(
                () -> EmbeddedDatabase.start("source", options.source()),
                () -> EmbeddedDatabase.start("destination", options.destination()),
                () -> EmbeddedBroker.start(options));
    }

    /** Servers from the official images, by Testcontainers: needs a Docker engine and those two libraries. */
    static Stack containers(StackOptions options) {
        return ServerStack.start(
                () -> ContainerDatabase.start(options.source()),
                () -> ContainerDatabase.start(options.destination()),
                () -> ContainerBroker.start(options));
    }
}
