package dev.tidemark.producer.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PgSnapshotTest {

    @Test
    void isWrittenAsPostgresWritesIt() {
        TreeSet<Long> inProgress = new TreeSet<>(List.of(12L, 15L, 20L));
        assertThat(PgSnapshot.of(20, inProgress)).isEqualTo(PgSnapshot.parse("12:20:12,15"));
        assertThat(PgSnapshot.of(10, inProgress)).isEqualTo(PgSnapshot.parse("10:10:"));
        assertThat(PgSnapshot.parse("12:20:12,15").xip()).containsExactly(12L, 15L);
        assertThat(PgSnapshot.parse("10:10:").xip()).isEmpty();
    }

    @Test
    void readsWhatPostgresqlWrites() {
        PgSnapshot snapshot = PgSnapshot.parse("10:20:10,14,15");
        assertThat(snapshot.xmax()).isEqualTo(20);
        assertThat(snapshot.inProgress()).isEqualTo("{10,14,15}");
        assertThat(PgSnapshot.parse("7:7:").inProgress()).isEqualTo("{}");
    }

    @Test
    void refusesAnythingElse() {
        assertThatThrownBy(() -> PgSnapshot.parse("7:7"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("7:7");
        assertThatThrownBy(() -> PgSnapshot.parse("a:b:c")).isInstanceOf(IllegalArgumentException.class);
    }
}
