package dev.tidemark.test;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromqlTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "up == 0|up",
                "sum by (le, table) (rate(cdc_delay_seconds_bucket{table=~\"$table\"}[$__rate_interval])) > 1e3|cdc_delay_seconds_bucket",
                "max without(instance) (a_b) * on (job) group_left (x) count(c:d{e=\"f{g}\"} offset 5m) or vector(0)|a_b c:d",
                "absent(up{job=\"x\"}) and on() (time() - process_start_time_seconds) > bool 60|process_start_time_seconds up"
            })
    void findsMetrics(String expression, String names) {
        assertThat(String.join(" ", Promql.metrics(expression))).isEqualTo(names);
    }
}
