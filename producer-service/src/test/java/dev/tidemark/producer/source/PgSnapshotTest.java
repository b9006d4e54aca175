package dev.tidemark.producer.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PgSnapshotTest {

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
