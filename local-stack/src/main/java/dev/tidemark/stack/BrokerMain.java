package dev.tidemark.stack;

import kafka.Kafka;
import kafka.tools.StorageTool;

/** Formats the broker's directory unless it is, then runs the broker: the work of two scripts in the start of one JVM. */
final class BrokerMain {

    private static final String CLUSTER_ID = "dGlkZW1hcmstc3RhY2stMQ";

    private BrokerMain() {}

    public static void main(String[] properties) {
        String[] format = {"format", "--ignore-formatted", "--cluster-id", CLUSTER_ID, "--config", properties[0]};
        int result = StorageTool.execute(format, System.out);
        if (result != 0) {
            System.exit(result);
        }
        Kafka.main(properties);
    }
}
