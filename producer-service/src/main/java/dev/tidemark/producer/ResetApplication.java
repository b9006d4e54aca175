package dev.tidemark.producer;

import dev.tidemark.producer.source.ProducerTable;
import dev.tidemark.producer.source.SourceConnection;
import dev.tidemark.run.Reset;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.apache.kafka.clients.admin.Admin;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.ExitCodeGenerator;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.kafka.core.KafkaAdmin;

/** Takes away what the pipeline has made at the source and in Kafka, with the same settings as the service. The exit code is 0, or 1 if that could not be done. */
@ImportAutoConfiguration({DataSourceAutoConfiguration.class, KafkaAutoConfiguration.class, SslAutoConfiguration.class})
@EnableConfigurationProperties(PipelineProperties.class)
class ResetApplication implements ApplicationRunner, ExitCodeGenerator {

    private static final long KAFKA_SECONDS = 30;
    private final DataSource source;
    private final KafkaAdmin kafka;
    private final PipelineProperties properties;
    private int exitCode = 1;

    ResetApplication(DataSource source, KafkaAdmin kafka, PipelineProperties properties) {
        this.source = source;
        this.kafka = kafka;
        this.properties = properties;
    }

    @Override
    public void run(ApplicationArguments arguments) throws InterruptedException {
        Reset reset = new Reset(properties.pipeline().name(), System.in, System.out);
        exitCode = reset.run(() -> remove(reset, arguments.containsOption("yes")));
    }

    private void remove(Reset reset, boolean confirmed)
            throws SQLException, InterruptedException, ExecutionException, TimeoutException {
        try (SourceConnection locked = SourceConnection.open(source);
                Admin admin = Admin.create(kafka.getConfigurationProperties())) {
            refuseOthers(locked);
            List<String> topics = topics(admin);
            reset.confirm(
                    "At the source, the schema cdc of the database " + locked.database()
                            + " with the triggers of all captured tables and the change log; in Kafka, the topics "
                            + topics,
                    confirmed);
            Reset.dropSchema(locked.jdbc());
            admin.deleteTopics(topics).all().get(KAFKA_SECONDS, TimeUnit.SECONDS);
            reset.say(
                    "Removed. The tables are left as they are. If it is not done yet, run the consumer with --reset too");
        }
    }

    private void refuseOthers(SourceConnection locked) throws SQLException {
        if (!locked.tryLock()) {
            throw new Reset.RefusedException("A producer is at work: stop it first");
        }
        String pipeline = properties.pipeline().name();
        String owner = ProducerTable.owner(locked.jdbc());
        if (owner != null && !owner.equals(pipeline)) {
            throw new Reset.RefusedException("The source is captured by the pipeline " + owner + ", not by " + pipeline
                    + ": set cdc.pipeline.name");
        }
    }

    private List<String> topics(Admin admin) throws InterruptedException, ExecutionException, TimeoutException {
        Pattern ours = properties.topicNames().all();
        return admin.listTopics().names().get(KAFKA_SECONDS, TimeUnit.SECONDS).stream()
                .filter(topic -> ours.matcher(topic).matches())
                .sorted()
                .toList();
    }

    @Override
    public int getExitCode() {
        return exitCode;
    }
}
