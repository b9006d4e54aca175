package dev.tidemark.model;

import java.util.Map;

/** Where a Kafka client looks for its cluster. */
public final class BrokerAddress {

    private BrokerAddress() {}

    /**
     * What to say when nothing comes back. A port that wants TLS does not answer who comes without, nor does one say so: therefore the protocol.
     *
     * @param configuration of the client, of which no secret is told
     */
    public static String unanswered(Map<String, ?> configuration) {
        Object servers = configuration.get("bootstrap.servers");
        Object protocol = configuration.get("security.protocol");
        return "Kafka does not answer at " + servers + " by " + (protocol == null ? "PLAINTEXT" : protocol);
    }
}
