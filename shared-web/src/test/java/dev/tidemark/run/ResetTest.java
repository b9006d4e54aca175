package dev.tidemark.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class ResetTest {

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private boolean removed;

    @Test
    void removesWhatWasAgreedTo() throws InterruptedException {
        assertThat(run("hr\n", false)).isZero();
        assertThat(removed).isTrue();
        assertThat(said.toString(StandardCharsets.UTF_8))
                .startsWith("All of it")
                .contains("(hr)");
    }

    @Test
    void asksNobodyWhereItIsConfirmed() throws InterruptedException {
        assertThat(run("", true)).isZero();
        assertThat(removed).isTrue();
        assertThat(said.toString(StandardCharsets.UTF_8).strip()).isEqualTo("All of it");
    }

    @Test
    void removesNothingAtAnyOtherAnswerOrNone() throws InterruptedException {
        assertThat(run("yes\n", false)).isEqualTo(1);
        assertThat(run("", false)).isEqualTo(1);
        assertThat(removed).isFalse();
        assertThat(said.toString(StandardCharsets.UTF_8)).contains("Nothing was removed", "--yes");
    }

    @Test
    void saysWhatFailed() throws InterruptedException {
        Reset reset = reset("");
        assertThat(reset.run(() -> {
                    throw new SQLException("it is gone");
                }))
                .isEqualTo(1);
        assertThat(said.toString(StandardCharsets.UTF_8)).contains("it is gone. Run it again");
    }

    private int run(String typed, boolean confirmed) throws InterruptedException {
        Reset reset = reset(typed);
        return reset.run(() -> {
            reset.confirm("All of it", confirmed);
            removed = true;
        });
    }

    private Reset reset(String typed) {
        return new Reset(
                "hr",
                new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(said, true, StandardCharsets.UTF_8));
    }
}
