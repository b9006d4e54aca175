package dev.tidemark.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;

class ErrorTextTest {

    @Test
    void tellsWhatEachCauseAdds() {
        Exception root = new IllegalStateException("unable to find valid certification path");
        Exception pkix = new IllegalStateException("PKIX path building failed: " + root.getMessage(), root);
        Exception silent = new IllegalStateException(null, new IllegalStateException("handshake failed", pkix));
        assertThat(ErrorText.of(silent))
                .isEqualTo("handshake failed: PKIX path building failed: unable to find valid certification path");
    }

    @Test
    void leavesOutWhatPoolSays() {
        SQLException database = new SQLException("password authentication failed", "28P01");
        assertThat(ErrorText.of(new SQLTransientConnectionException("not available after 5001ms", database)))
                .isEqualTo("password authentication failed");
        assertThat(ErrorText.of(new SQLTransientConnectionException("no connection")))
                .isEqualTo("no connection");
    }

    @Test
    void namesErrorWithoutWords() {
        assertThat(ErrorText.of(new IllegalStateException())).isEqualTo("java.lang.IllegalStateException");
    }
}
