package dev.tidemark.consumer;

import dev.tidemark.consumer.apply.OffsetStore;
import dev.tidemark.model.TopicNames;
import dev.tidemark.run.Reset;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.ExitCodeGenerator;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.kafka.core.KafkaAdmin;

/** Takes away what the pipeline has made at the destination, and its consumer group, with the same settings as the service. The exit code is 0, or 1 if that could not be done. */
@ImportAutoConfiguration({DataSourceAutoConfiguration.class, KafkaAutoConfiguration.class, SslAutoConfiguration.class})
@EnableConfigurationProperties(PipelineProperties.class)
class ResetApplication implements ApplicationRunner, ExitCodeGenerator {

    private static final long KAFKA_SECONDS = 30;

    private final DataSource destination;
    private final KafkaAdmin kafka;
    private final PipelineProperties properties;
    private final String group;
    private int exitCode = 1;

    ResetApplication(
            DataSource destination, KafkaAdmin kafka, PipelineProperties properties, KafkaProperties kafkaProperties) {
        this.destination = destination;
        this.kafka = kafka;
        this.properties = properties;
        this.group = Objects.requireNonNull(kafkaProperties.getConsumer().getGroupId());
    }

    @Override
    public void run(ApplicationArguments arguments) throws InterruptedException {
        Reset reset = new Reset(properties.pipeline().name(), System.in, System.out);
        exitCode = reset.run(() -> remove(reset, arguments.containsOption("yes")));
    }

    private void remove(Reset reset, boolean confirmed)
            throws SQLException, InterruptedException, ExecutionException, TimeoutException {
        try (Connection connection = destination.getConnection();
                Admin admin = Admin.create(kafka.getConfigurationProperties())) {
            refuseOthers(connection);
            reset.confirm(
                    "At the destination, the schema cdc of the database " + connection.getCatalog()
                            + " with the offsets and all dead letters; in Kafka, the consumer group " + group,
                    confirmed);
            removeGroup(admin);
            Reset.dropSchema(connection);
            reset.say(
                    "Removed. The replicated tables are left, with their rows. If it is not done yet, run the producer with --reset too");
        }
    }

    /** Other pipelines may have the same destination. */
    private void refuseOthers(Connection connection) throws SQLException {
        TopicNames names = properties.topicNames();
        List<String> others = OffsetStore.topics(connection).stream()
                .filter(topic -> !names.all().matcher(topic).matches())
                .toList();
        if (!others.isEmpty()) {
            throw new Reset.RefusedException(
                    "The destination has offsets of other pipelines too, which would be lost: " + others
                            + ". If they are of no more use: DELETE FROM cdc.applied_offset WHERE topic = ANY ('{"
                            + String.join(",", others)
                            + "}')");
        }
    }

    /** Kafka does so only if nobody is in it. */
    private void removeGroup(Admin admin) throws InterruptedException, ExecutionException, TimeoutException {
        try {
            admin.deleteConsumerGroups(List.of(group)).all().get(KAFKA_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupNotEmptyException) {
                throw new Reset.RefusedException(
                        "A consumer is at work, or was killed within the last seconds: stop it first. Nothing was removed");
            }
            if (!(e.getCause() instanceof GroupIdNotFoundException)) {
                throw e;
            }
        }
    }

    @Override
    public int getExitCode() {
        return exitCode;
    }
}
