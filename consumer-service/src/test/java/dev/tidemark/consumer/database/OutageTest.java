package dev.tidemark.consumer.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutageTest {

    @ParameterizedTest
    @ValueSource(strings = {"08006", "40001", "40P01", "53100", "53300", "55P03", "57014", "57P01", "25006"})
    void isWhatPasses(String sqlState) {
        assertThat(Outage.is(new SQLException("x", sqlState))).isTrue();
        assertThat(Outage.is(new IllegalStateException(new SQLException("x", sqlState))))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"42P01", "42501", "25001", "23505", "XX000"})
    void isNotWhatSomebodyHasToPutRight(String sqlState) {
        assertThat(Outage.is(new SQLException("x", sqlState))).isFalse();
    }

    @Test
    void isToldFromOtherErrorsWithoutACodeToo() {
        assertThat(Outage.is(new SQLTransientConnectionException("no connection is free")))
                .isTrue();
        assertThat(Outage.is(new SQLException("the table does not exist"))).isFalse();
        assertThat(Outage.is(new IllegalStateException())).isFalse();
    }
}
