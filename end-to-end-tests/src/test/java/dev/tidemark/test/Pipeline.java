package dev.tidemark.test;

import dev.tidemark.model.TableId;
import dev.tidemark.model.TopicNames;
import dev.tidemark.stack.Service;
import dev.tidemark.stack.ServiceProcess;
import dev.tidemark.stack.Stack;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;

/** A pipeline of one test: databases and topics of its own on a stack, and both services as processes, configured by their environment alone. */
final class Pipeline implements AutoCloseable {

    private static final AtomicInteger COUNTER = new AtomicInteger();

    private final Stack stack;
    private final String name = "e2e_%d_%d".formatted(ProcessHandle.current().pid(), COUNTER.incrementAndGet());
    private final TestDatabase source;
    private final TestDatabase destination;
    private final Map<String, String> producerSettings = new TreeMap<>();
    private final Map<String, String> consumerSettings = new TreeMap<>();
    private final List<ServiceProcess> producers = new ArrayList<>();
    private final List<ServiceProcess> consumers = new ArrayList<>();

    private SSLContext https;

    /** @param tables what {@code CDC_TABLES} says */
    Pipeline(Stack stack, String tables) {
        this.stack = stack;
        source = TestDatabase.create(stack.source(), name);
        destination = TestDatabase.create(stack.destination(), name);
        producerSettings.put("CDC_TABLES", tables);
        producerSettings.put("CDC_POLL_REFRESHINTERVAL", "500ms");
        producerSettings.put("CDC_HEARTBEAT_INTERVAL", "0"); // many a test counts what is sent
    }

    Pipeline producerWith(String variable, String value) {
        producerSettings.put(variable, value);
        return this;
    }

    Pipeline consumerWith(String variable, String value) {
        consumerSettings.put(variable, value);
        return this;
    }

    /** With an operator, as whom the services are asked here, and a viewer, as whom Prometheus asks them. */
    Pipeline withUsers() {
        String[] roles = {"operator", "viewer"};
        for (int i = 0; i < roles.length; i++) {
            String user = "CDC_SECURITY_USERS_%d_".formatted(i);
            String password = "{noop}" + (roles[i].equals("viewer") ? Prometheus.VIEWER_PASSWORD : "secret");
            for (Map<String, String> settings : List.of(producerSettings, consumerSettings)) {
                settings.put(user + "NAME", roles[i]);
                settings.put(user + "PASSWORD", password);
                settings.put(user + "ROLE", roles[i]);
            }
        }
        return this;
    }

    /** From now on services are asked by HTTPS; that they speak it is a matter of their settings. */
    Pipeline overHttps(SSLContext trust) {
        https = trust;
        return this;
    }

    /** Runs the same statements at the source and at the destination. */
    Pipeline onBoth(String... sql) {
        source.execute(sql);
        destination.execute(sql);
        return this;
    }

    /** Starts both services, and returns when they answer. */
    Pipeline start() {
        ServiceProcess producer = newProducer();
        ServiceProcess consumer = newConsumer();
        producer.launch();
        consumer.launch();
        producer.awaitReady();
        consumer.awaitReady();
        return this;
    }

    /** Another producer of the pipeline, which is not started yet. */
    ServiceProcess newProducer() {
        ServiceProcess producer = process(Service.producer(stack), source, producerSettings);
        producers.add(producer);
        return producer;
    }

    /** Another consumer of the pipeline, which is not started yet. */
    ServiceProcess newConsumer() {
        ServiceProcess consumer = process(Service.consumer(stack), destination, consumerSettings);
        consumers.add(consumer);
        return consumer;
    }

    /** A consumer whose way to the destination is this port. */
    ServiceProcess newConsumerThrough(int port) {
        String direct = destination.jdbcUrl();
        consumerWith("SPRING_DATASOURCE_URL", direct.replaceFirst(":\\d+/", ":" + port + "/"));
        ServiceProcess consumer = newConsumer();
        consumerWith("SPRING_DATASOURCE_URL", direct);
        return consumer;
    }

    private ServiceProcess process(Service service, TestDatabase database, Map<String, String> settings) {
        Service configured = configured(service, database, settings);
        return https == null ? new ServiceProcess(configured) : new ServiceProcess(configured, https);
    }

    /** How a producer of the pipeline is run, for who runs it in another way. */
    Service producerService() {
        return configured(Service.producer(stack), source, producerSettings);
    }

    /** The same of a consumer. */
    Service consumerService() {
        return configured(Service.consumer(stack), destination, consumerSettings);
    }

    private Service configured(Service service, TestDatabase database, Map<String, String> settings) {
        Service configured = service.withName(name + "-" + service.name())
                .with("SPRING_DATASOURCE_URL", database.jdbcUrl())
                .with("CDC_PIPELINE_NAME", name);
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            configured = configured.with(setting.getKey(), setting.getValue());
        }
        return configured;
    }

    /** Waits until the producer is at work and the tables, as SQL writes their names, are captured and have their first snapshot behind them. */
    Pipeline awaitSnapshots(String... tables) {
        for (String table : tables) {
            Await.until("snapshot of " + table, () -> {
                Health health = Health.of(producer());
                return health.state().equals("RUNNING")
                        && Health.endpoint(producer(), "offset")
                                .path("snapshots")
                                .path(TableId.parse(table).toString())
                                .path("complete")
                                .asBoolean(false);
            });
        }
        return this;
    }

    Stack stack() {
        return stack;
    }

    TestDatabase source() {
        return source;
    }

    TestDatabase destination() {
        return destination;
    }

    /** The first producer. */
    ServiceProcess producer() {
        return producers.get(0);
    }

    /** The first consumer. */
    ServiceProcess consumer() {
        return consumers.get(0);
    }

    /** What {@code CDC_PIPELINE_NAME} says, and all its topics begin with, before a dot. */
    String prefix() {
        return name;
    }

    /** The topic of a table, as SQL writes its name. */
    String topic(String table) {
        return new TopicNames(name).of(TableId.parse(table));
    }

    /** What each service says and where its log is, for the message of a failure. */
    String diagnosis() {
        StringBuilder text = new StringBuilder();
        for (ServiceProcess service : services()) {
            text.append("\n  ").append(service.log());
            text.append("\n    ").append(service.alive() ? says(service) : "is not running");
        }
        return text.toString();
    }

    private static String says(ServiceProcess service) {
        try {
            return Health.of(service).toString();
        } catch (RuntimeException e) {
            return "does not answer: " + e;
        }
    }

    private List<ServiceProcess> services() {
        List<ServiceProcess> all = new ArrayList<>(producers);
        all.addAll(consumers);
        return all;
    }

    @Override
    public void close() {
        services().forEach(ServiceProcess::close);
        stack.source().start(); // where a failed test has left it down
        stack.destination().start();
        source.drop();
        destination.drop();
    }
}
