package dev.tidemark.consumer.admin;

import dev.tidemark.consumer.apply.Control;
import dev.tidemark.consumer.ingest.ConsumerControl;
import dev.tidemark.web.Caller;
import dev.tidemark.web.QueryParameters;
import jakarta.servlet.http.HttpServletRequest;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code POST /admin/pause} and {@code POST /admin/resume}: for all instances of the group, and until somebody says otherwise. Both may be repeated. */
@RestController
@RequestMapping("/admin")
class PauseController {

    private final ConsumerControl control;

    PauseController(ConsumerControl control) {
        this.control = control;
    }

    /**
     * What is asked for.
     *
     * @param by who has said so last; null if nobody ever has
     */
    record Answer(
            boolean paused, @Nullable String by, @Nullable Instant since) {

        static Answer of(Control control) {
            return new Answer(control.paused(), control.by(), control.at());
        }
    }

    /** Pauses all consumers of the group. Nothing is applied until they are resumed, also over a restart; what comes waits in Kafka. The call may be repeated: the first one counts. */
    @PostMapping("/pause")
    Answer pause(HttpServletRequest request) throws SQLException {
        QueryParameters.only(request);
        return Answer.of(control.pause(Caller.of(request)));
    }

    /** Resumes all consumers of the group. The call may be repeated. */
    @PostMapping("/resume")
    Answer resume(HttpServletRequest request) throws SQLException {
        QueryParameters.only(request);
        return Answer.of(control.resume(Caller.of(request)));
    }
}
