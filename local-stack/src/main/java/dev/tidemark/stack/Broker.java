package dev.tidemark.stack;

/** A Kafka cluster of one KRaft broker, without authentication. */
public interface Broker extends Server {

    /** Its {@code -Xmx}. */
    String HEAP = "384m";

    String bootstrapServers();
}
