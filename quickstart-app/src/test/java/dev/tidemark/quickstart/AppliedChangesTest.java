package dev.tidemark.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AppliedChangesTest {

    @Test
    void addsUpAllButTheRowsOfCopies() {
        assertThat(AppliedChanges.of("""
                # TYPE cdc_events_applied_total counter
                cdc_events_applied_total{operation="c",table="public.employees"} 3.0
                cdc_events_applied_total{operation="r",table="public.employees"} 1000.0
                cdc_events_applied_total{operation="u",table="public.employees"} 1.2E4
                cdc_events_skipped_total 7.0
                """)).isEqualTo(12_003);
    }

    @Test
    void isZeroBeforeTheFirstEvent() {
        assertThat(AppliedChanges.of("# nothing\n")).isZero();
    }
}
