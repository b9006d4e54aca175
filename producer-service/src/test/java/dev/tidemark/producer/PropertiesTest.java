package dev.tidemark.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.model.TableId;
import dev.tidemark.producer.capture.HeartbeatProperties;
import dev.tidemark.producer.capture.PollProperties;
import dev.tidemark.producer.capture.RetentionProperties;
import dev.tidemark.producer.capture.RunProperties;
import dev.tidemark.producer.publish.TopicsProperties;
import dev.tidemark.producer.snapshot.SnapshotProperties;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class PropertiesTest {

    private static final Map<String, Class<?>> RECORDS = Map.of(
            "cdc.capture", ChoiceProperties.class,
            "cdc.once", RunProperties.Once.class,
            "cdc.poll", PollProperties.class,
            "cdc.retention", RetentionProperties.class,
            "cdc.heartbeat", HeartbeatProperties.class,
            "cdc.topics", TopicsProperties.class,
            "cdc.snapshot", SnapshotProperties.class);

    @ParameterizedTest
    @CsvSource({
        "cdc.once.timeout, 0s",
        "cdc.poll.busy-delay, -1ms",
        "cdc.poll.busy-delay, 11s",
        "cdc.poll.idle-delay, 0s",
        "cdc.poll.idle-delay, 11s",
        "cdc.poll.retry-delay, 0s",
        "cdc.poll.standby-delay, -1s",
        "cdc.poll.refresh-interval, 0s",
        "cdc.poll.stall-timeout, 0s",
        "cdc.poll.max-page-rows, 0",
        "cdc.poll.max-page-size, 0",
        "cdc.retention.interval, 0s",
        "cdc.heartbeat.interval, -1s",
        "cdc.snapshot.max-chunk-rows, 0",
        "cdc.snapshot.max-chunk-size, -1MB",
        "cdc.topics.admin-timeout, 0s",
        "cdc.topics.dead-letter-retention, 0s",
        "cdc.topics.max-message-size, 1KB",
        "cdc.topics.replication-factor, 0",
        "cdc.topics.retention, -1ms"
    })
    void refuseWhatMakesNoSenseAndNameTheKey(String key, String value) {
        assertThatThrownBy(() -> bind(key, value)).rootCause().hasMessageContaining(key);
    }

    @Test
    void refuseAKeyForHashesThatIsSoonGuessedAndDoNotTellIt() {
        assertThatThrownBy(() -> bind("cdc.capture.hash-key", "Rosebud"))
                .rootCause()
                .hasMessageContaining("cdc.capture.hash-key needs at least 16 characters")
                .hasMessageNotContaining("Rosebud");
        assertThat(bind("cdc.capture.hash-key", "a long key: Rosebud").toString())
                .doesNotContain("Rosebud");
    }

    @Test
    void sayWhatToCapture() {
        Binder binder = new Binder(new MapConfigurationPropertySource(Map.of(
                "cdc.capture.tables[public.t].columns.exclude", "ssn,Notes",
                "cdc.capture.tables[public.t].rows", "a > 'x, y'",
                "cdc.capture.tables[public.t].before", "true",
                "cdc.capture.tables[\"My Schema\".\"a.b\"].columns.hash[0]", "x, y")));
        assertThat(binder.bind("cdc.capture", ChoiceProperties.class).get().options())
                .containsEntry(
                        new TableId("public", "t"),
                        "{\"columns\":{\"include\":null,\"exclude\":[\"ssn\",\"Notes\"],\"mask\":null,\"hash\":null},\"rows\":\"a > 'x, y'\",\"before\":true}")
                .containsKey(new TableId("My Schema", "a.b"));
    }

    @Test
    void refuseTheSameTableTwice() {
        Binder binder = new Binder(new MapConfigurationPropertySource(
                Map.of("cdc.capture.tables[t].columns.exclude", "ssn", "cdc.capture.tables[public.t].rows", "a > 1")));
        ChoiceProperties choice =
                binder.bind("cdc.capture", ChoiceProperties.class).get();
        assertThatThrownBy(choice::options)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cdc.capture.tables names public.t twice");
    }

    @Test
    void takeTheirDefaults() {
        RECORDS.forEach(
                (prefix, type) -> assertThat(bind(prefix + ".unknown", "1")).isInstanceOf(type));
    }

    private static Object bind(String key, String value) {
        String prefix = key.substring(0, key.lastIndexOf('.'));
        return new Binder(new MapConfigurationPropertySource(Map.of(key, value)))
                .bindOrCreate(prefix, RECORDS.get(prefix));
    }
}
