package dev.tidemark.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AppliedChangesTest {

    @Test
    void addsUpAllButTheRowsOfCopiesAndTheHeartbeats() {
        assertThat(AppliedChanges.of("""
                # TYPE cdc_events_applied_total counter
                cdc_events_applied_total{operation="create",table="public.employees"} 3.0
                cdc_events_applied_total{operation="read",table="public.employees"} 1000.0
                cdc_events_applied_total{operation="update",table="cdc.heartbeat"} 5.0
                cdc_events_applied_total{operation="update",table="public.employees"} 1.2E4
                cdc_events_skipped_total 7.0
                """)).isEqualTo(12_003);
    }

    @Test
    void isZeroBeforeTheFirstEvent() {
        assertThat(AppliedChanges.of("# nothing\n")).isZero();
    }
}
