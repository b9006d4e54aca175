package dev.tidemark.consumer.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.consumer.apply.ControlStore;
import dev.tidemark.consumer.apply.DestinationPreparation;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.datasource.AbstractDataSource;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;

@ExtendWith(OutputCaptureExtension.class)
class SupervisorTest {

    private final Deque<SQLException> errors = new ArrayDeque<>();
    private final PipelineStatus status = new PipelineStatus(Clock.systemUTC());

    private final class Away extends AbstractDataSource {
        @Override
        public Connection getConnection() throws SQLException {
            throw errors.remove();
        }

        @Override
        public Connection getConnection(String user, String password) throws SQLException {
            return getConnection();
        }
    }

    /** A pool gives up before a slow server has said why. */
    @Test
    void saysWhyTheDestinationCannotBeUsedOnceItIsKnown(CapturedOutput output) {
        SQLException refused = new SQLException("password authentication failed", "28P01");
        errors.addAll(List.of(new SQLTransientConnectionException("timed out"), refused, refused));
        Away destination = new Away();
        Supervisor supervisor = new Supervisor(
                new DestinationPreparation(destination, false),
                new ConsumerControl(new ControlStore(destination, "group"), status),
                new FakeBroker(),
                new KafkaListenerEndpointRegistry(),
                status,
                new SimpleAsyncTaskScheduler(),
                Duration.ofSeconds(1));
        for (int i = 0; i < 3; i++) {
            supervisor.check();
        }
        assertThat(output.getOut()).containsOnlyOnce("timed out").containsOnlyOnce("password authentication failed");
    }
}
