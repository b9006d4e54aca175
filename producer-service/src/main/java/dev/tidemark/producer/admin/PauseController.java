package dev.tidemark.producer.admin;

import dev.tidemark.producer.capture.PollStatus;
import dev.tidemark.producer.source.Control.Pause;
import dev.tidemark.producer.source.SourcePause;
import dev.tidemark.web.Caller;
import dev.tidemark.web.QueryParameters;
import jakarta.servlet.http.HttpServletRequest;
import java.sql.SQLException;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code POST /admin/pause} and {@code /admin/resume}: kept at the source, where the active producer finds it, also after a restart. */
@RestController
@RequestMapping("/admin")
class PauseController {

    private static final Logger LOG = LoggerFactory.getLogger(PauseController.class);

    private final SourcePause source;
    private final Supplier<PollStatus> poller;

    PauseController(SourcePause source, Supplier<PollStatus> poller) {
        this.source = source;
        this.poller = poller;
    }

    /**
     * What is asked for. {@code GET /admin/status} tells when the producer has followed, which takes half a second, or as long as Kafka takes for what was sent.
     *
     * @param by who has paused it; null if it is not
     */
    record Answer(
            boolean paused, @Nullable String by, @Nullable Instant since) {

        static Answer of(@Nullable Pause pause) {
            return pause == null ? new Answer(false, null, null) : new Answer(true, pause.by(), pause.since());
        }
    }

    /** Pauses the producer. Nothing is published until it is resumed, also over a restart; the change log grows meanwhile. The call may be repeated: the first one counts. */
    @PostMapping("/pause")
    Answer pause(HttpServletRequest request) throws SQLException {
        QueryParameters.only(request);
        Refusals.refuseOnStandby(poller.get());
        String who = Caller.of(request);
        if (source.pause(who)) {
            LOG.info("The producer was told to pause by {}", who);
        }
        return Answer.of(source.current());
    }

    /** Resumes the producer. It publishes what the change log has gathered. The call may be repeated. */
    @PostMapping("/resume")
    Answer resume(HttpServletRequest request) throws SQLException {
        QueryParameters.only(request);
        Refusals.refuseOnStandby(poller.get());
        String who = Caller.of(request);
        if (source.resume()) {
            LOG.info("The producer was told to go on by {}", who);
        }
        return Answer.of(source.current());
    }
}
