package dev.tidemark.quickstart;

import dev.tidemark.stack.Database;
import dev.tidemark.stack.Server;
import dev.tidemark.stack.Service;
import dev.tidemark.stack.ServiceProcess;
import dev.tidemark.stack.Stack;
import dev.tidemark.stack.StackException;
import dev.tidemark.stack.StackOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

/** A stack with both services on it, which carry the tables of a sample from source to destination. */
final class LocalPipeline implements AutoCloseable {

    /** Both databases remember when each transaction was committed: so delays can be measured without touching anything. */
    private static final StackOptions OPTIONS = StackOptions.defaults()
            .withSource("track_commit_timestamp", "on")
            .withDestination("track_commit_timestamp", "on");

    private final Stack stack;
    private final ServiceProcess producer;
    private final ServiceProcess consumer;

    private LocalPipeline(Stack stack, Sample sample) {
        this.stack = stack;
        this.producer = new ServiceProcess(Service.producer(stack).with("CDC_TABLES", sample.tableList()));
        this.consumer = new ServiceProcess(Service.consumer(stack));
    }

    /** Starts the databases and the broker. The services are still to be started. */
    static LocalPipeline start(Sample sample) {
        Stack stack = Stack.start(OPTIONS);
        try {
            return new LocalPipeline(stack, sample);
        } catch (RuntimeException e) {
            stack.close();
            throw e;
        }
    }

    /** Returns at once. */
    void launchServices() {
        producer.launch();
        consumer.launch();
    }

    /**
     * Whether both services answer.
     *
     * @throws StackException with the end of its log, if one has ended by itself
     */
    boolean answers() {
        requireAlive();
        return Stream.of(producer, consumer).allMatch(LocalPipeline::answers);
    }

    private static boolean answers(ServiceProcess service) {
        try {
            return service.get("/actuator/health/liveness").contains("UP");
        } catch (StackException e) {
            return false;
        }
    }

    Database source() {
        return stack.source();
    }

    Database destination() {
        return stack.destination();
    }

    ServiceProcess producer() {
        return producer;
    }

    ServiceProcess consumer() {
        return consumer;
    }

    /** @throws StackException with the end of its log, if a service has ended by itself */
    void requireAlive() {
        for (ServiceProcess service : List.of(producer, consumer)) {
            if (!service.alive()) {
                throw new StackException("a service has ended\n" + LogTail.of(service.log()));
            }
        }
    }

    /** What the services say of their part of the pipeline. */
    String health() {
        return "producer: %s%nconsumer: %s".formatted(health(producer), health(consumer));
    }

    private static String health(ServiceProcess service) {
        try {
            return service.get("/actuator/health/pipeline").strip();
        } catch (StackException e) {
            return "no answer\n" + LogTail.of(service.log());
        }
    }

    /** In good order: a server that is killed leaves things behind in {@code /tmp} and {@code /dev/shm}. */
    @Override
    public void close() {
        List<RuntimeException> failures = new ArrayList<>();
        for (List<Server> wave : List.of(
                List.<Server>of(producer, consumer),
                List.<Server>of(stack.broker(), stack.source(), stack.destination()))) {
            end(wave, failures);
        }
        if (!failures.isEmpty()) {
            throw failures.get(0);
        }
    }

    private static void end(List<Server> servers, List<RuntimeException> failures) {
        List<CompletableFuture<Void>> endings = servers.stream()
                .map(server -> CompletableFuture.runAsync(() -> end(server), task -> new Thread(task, "end").start()))
                .toList();
        for (CompletableFuture<Void> ending : endings) {
            try {
                ending.join();
            } catch (CompletionException e) {
                failures.add(new StackException("a process did not end in good order", e.getCause()));
            }
        }
    }

    private static void end(Server server) {
        try {
            server.stop();
        } finally {
            server.close();
        }
    }
}
