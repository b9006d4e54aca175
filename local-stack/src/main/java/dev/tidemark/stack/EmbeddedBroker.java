package dev.tidemark.stack;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A KRaft broker in a JVM of its own, with its own class path, listening on loopback only.
 *
 * <p>Topics are not created on demand: what our services need they must create.
 */
public final class EmbeddedBroker extends ChildServer implements Broker {

    private static final String CLASS_PATH = "broker.classpath";

    /** One broker, few partitions of its own topics, and small caches: quick to start, and room in a small heap. */
    private static final Map<String, String> PROPERTIES = Map.ofEntries(
            Map.entry("process.roles", "broker,controller"),
            Map.entry("node.id", "1"),
            Map.entry("controller.listener.names", "CONTROLLER"),
            Map.entry("auto.create.topics.enable", "false"),
            Map.entry("offsets.topic.num.partitions", "1"),
            Map.entry("offsets.topic.replication.factor", "1"),
            Map.entry("transaction.state.log.num.partitions", "1"),
            Map.entry("transaction.state.log.replication.factor", "1"),
            Map.entry("transaction.state.log.min.isr", "1"),
            Map.entry("share.coordinator.state.topic.num.partitions", "1"),
            Map.entry("share.coordinator.state.topic.replication.factor", "1"),
            Map.entry("share.coordinator.state.topic.min.isr", "1"),
            // After a kill the controller waits this long before it lets the broker in again; 9 s by default.
            Map.entry("broker.session.timeout.ms", "4000"),
            Map.entry("broker.heartbeat.interval.ms", "1000"),
            Map.entry("group.initial.rebalance.delay.ms", "0"),
            Map.entry("log.cleaner.dedupe.buffer.size", "16777216"),
            Map.entry("num.network.threads", "2"),
            Map.entry("num.io.threads", "4"));

    private final int port = FreePort.next();

    private EmbeddedBroker() {
        super("broker", "TERM");
    }

    public static EmbeddedBroker start(StackOptions options) {
        EmbeddedBroker broker = new EmbeddedBroker();
        try {
            broker.configure(options.broker());
            broker.start();
            return broker;
        } catch (RuntimeException e) {
            broker.close();
            throw e;
        }
    }

    private void configure(Map<String, String> more) {
        String client = "PLAINTEXT://" + bootstrapServers();
        String controller = "127.0.0.1:" + FreePort.next();
        Map<String, String> properties = new TreeMap<>(PROPERTIES);
        properties.put("listeners", client + ",CONTROLLER://" + controller);
        properties.put("advertised.listeners", client);
        properties.put("controller.quorum.voters", "1@" + controller);
        properties.put("log.dirs", directory().resolve("data").toString());
        // Listeners come beside its own, all else in its place.
        more.forEach((name, value) ->
                properties.merge(name, value, (own, other) -> name.endsWith("listeners") ? own + "," + other : other));
        String lines = properties.entrySet().stream()
                .map(e -> e.getKey() + "=" + e.getValue())
                .collect(Collectors.joining("\n"));
        try {
            Files.writeString(configuration(), lines);
        } catch (IOException e) {
            throw new StackException("could not configure the broker", e);
        }
    }

    @Override
    List<String> command() {
        return List.of(
                Jvm.JAVA,
                "-Xmx" + HEAP,
                "-XX:+UseSerialGC",
                "-Dorg.slf4j.simpleLogger.showDateTime=true",
                "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS",
                "-Dorg.slf4j.simpleLogger.log.org.apache.kafka.common.config=warn",
                "-cp",
                classPath(),
                BrokerMain.class.getName(),
                configuration().toString());
    }

    @Override
    boolean answers() {
        return BrokerProbe.answers(bootstrapServers());
    }

    @Override
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    private Path configuration() {
        return directory().resolve("server.properties");
    }

    private static String classPath() {
        try (InputStream in = EmbeddedBroker.class.getResourceAsStream(CLASS_PATH)) {
            if (in == null) {
                throw new StackException("local-stack was built without Maven: it has no " + CLASS_PATH);
            }
            String own = Path.of(EmbeddedBroker.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
            return own + ":" + new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException | URISyntaxException e) {
            throw new StackException("could not read " + CLASS_PATH, e);
        }
    }
}
