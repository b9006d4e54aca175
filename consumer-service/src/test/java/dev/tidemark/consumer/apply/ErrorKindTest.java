package dev.tidemark.consumer.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.model.TableId;
import dev.tidemark.model.UndecodableException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErrorKindTest {

    @ParameterizedTest
    @CsvSource({
        "DATA, 21000, a row twice in one statement",
        "DATA, 22001, too long",
        "DATA, 22003, out of range",
        "DATA, 22021, not in the encoding",
        "DATA, 22P02, not in the syntax of the type",
        "DATA, 23502, not null",
        "DATA, 23503, foreign key",
        "DATA, 23505, unique",
        "DATA, 23514, check",
        "DATA, 23P01, exclusion",
        "DATA, 44000, with check option",
        "DATA, 54000, too large for an index",
        "DATA, 54001, nested too deeply",
        "DATA, P0001, raised by a trigger",
        "ENVIRONMENT, 08006, connection",
        "ENVIRONMENT, 08001, connection refused",
        "ENVIRONMENT, 0A000, not supported",
        "ENVIRONMENT, 25006, read only",
        "ENVIRONMENT, 25P02, in failed transaction",
        "ENVIRONMENT, 28P01, password",
        "ENVIRONMENT, 3D000, no such database",
        "ENVIRONMENT, 3F000, no such schema",
        "ENVIRONMENT, 40001, serialization",
        "ENVIRONMENT, 40P01, deadlock",
        "ENVIRONMENT, 42501, no permission",
        "ENVIRONMENT, 42703, no such column",
        "ENVIRONMENT, 42P01, no such table",
        "ENVIRONMENT, 42P10, nothing for ON CONFLICT",
        "ENVIRONMENT, 53100, disk full",
        "ENVIRONMENT, 53200, out of memory",
        "ENVIRONMENT, 53300, too many connections",
        "ENVIRONMENT, 55P03, lock timeout",
        "ENVIRONMENT, 57014, statement timeout",
        "ENVIRONMENT, 57P01, shutdown",
        "ENVIRONMENT, 57P03, starting up",
        "ENVIRONMENT, 58030, I/O error",
        "ENVIRONMENT, 72000, snapshot too old",
        "ENVIRONMENT, XX000, internal error",
        "ENVIRONMENT, XX001, data corrupted",
        "ENVIRONMENT, QQ999, never heard of",
    })
    void knowsWhoseFaultAnErrorIs(ErrorKind kind, String sqlState, String meaning) {
        assertThat(ErrorKind.of(new SQLException(meaning, sqlState))).isEqualTo(kind);
        assertThat(ErrorKind.of(new IllegalStateException("wrapped", new SQLException(meaning, sqlState))))
                .isEqualTo(kind);
    }

    @Test
    void blamesRecordThatCannotBeUnderstood() {
        assertThat(ErrorKind.of(new UndecodableException("no JSON", null))).isEqualTo(ErrorKind.DATA);
    }

    @Test
    void neverBlamesRowForWhatIsUnknownOrABug() {
        assertThat(ErrorKind.of(new SQLException("no state"))).isEqualTo(ErrorKind.ENVIRONMENT);
        assertThat(ErrorKind.of(new NullPointerException())).isEqualTo(ErrorKind.ENVIRONMENT);
        assertThat(ErrorKind.of(new MissingTableException(new TableId("a", "b"))))
                .isEqualTo(ErrorKind.ENVIRONMENT);
    }

    @ParameterizedTest
    @CsvSource({"08006, true", "57P01, true", "57014, false", "40P01, false", "53100, false"})
    void knowsWhenTheDestinationIsGone(String sqlState, boolean gone) {
        assertThat(ErrorKind.isDisconnection(new SQLException("", sqlState))).isEqualTo(gone);
    }

    @Test
    void takesEmptyPoolForADestinationThatIsGone() {
        assertThat(ErrorKind.isDisconnection(new SQLTransientConnectionException("timed out")))
                .isTrue();
    }
}
