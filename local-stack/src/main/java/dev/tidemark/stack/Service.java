package dev.tidemark.stack;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How to run one of our services: its jar, and everything else by environment variables, as in production.
 *
 * @param name also of its log
 * @param heap its {@code -Xmx}
 * @param jvmOptions more options of the JVM
 */
public record Service(
        String name, Path jar, int port, String heap, List<String> jvmOptions, Map<String, String> environment) {

    /** As docs/operations.md recommends, and dead at once where memory does not suffice. */
    private static final List<String> JVM =
            List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError");

    public Service {
        jvmOptions = List.copyOf(jvmOptions);
        environment = Map.copyOf(environment);
    }

    /** The producer at the stack's source. Which tables it captures is still to be said. */
    public static Service producer(Stack stack) {
        return at("producer", stack.source(), stack.broker());
    }

    /** The consumer at the stack's destination. */
    public static Service consumer(Stack stack) {
        return at("consumer", stack.destination(), stack.broker());
    }

    private static Service at(String name, Database database, Broker broker) {
        int port = FreePort.next();
        return new Service(name, jar(name + "-service"), port, "256m", JVM, Map.of())
                .with("SERVER_PORT", Integer.toString(port))
                .with("SERVER_ADDRESS", "127.0.0.1")
                .with("SPRING_DATASOURCE_URL", database.jdbcUrl())
                .with("SPRING_DATASOURCE_USERNAME", database.user())
                .with("SPRING_DATASOURCE_PASSWORD", database.password())
                .with("SPRING_KAFKA_BOOTSTRAP_SERVERS", broker.bootstrapServers());
    }

    public Service with(String variable, String value) {
        Map<String, String> more = new TreeMap<>(environment);
        more.put(variable, value);
        return new Service(name, jar, port, heap, jvmOptions, more);
    }

    /** Its command line, which takes arguments of the service behind it. */
    public List<String> command() {
        List<String> command = new ArrayList<>(List.of(Jvm.JAVA, "-Xmx" + heap));
        command.addAll(jvmOptions);
        command.addAll(List.of("-jar", jar.toString()));
        return command;
    }

    public Service withName(String otherName) {
        return new Service(otherName, jar, port, heap, jvmOptions, environment);
    }

    /** The module's runnable jar in the checkout around the working directory. */
    public static Path jar(String module) {
        Path start = Path.of("").toAbsolutePath();
        for (Path here = start; here != null; here = here.getParent()) {
            Path jar = here.resolve(module).resolve("target").resolve(module + "-exec.jar");
            if (Files.exists(jar)) {
                return jar;
            }
        }
        throw new StackException(
                "no %s-exec.jar around %s: build it with ./mvnw -Dquick install".formatted(module, start));
    }
}
