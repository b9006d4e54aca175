package dev.tidemark.consumer.admin;

import dev.tidemark.consumer.deadletter.DeadLetter;
import dev.tidemark.consumer.deadletter.DeadLetterClosing;
import dev.tidemark.consumer.deadletter.DeadLetterQueries;
import dev.tidemark.consumer.deadletter.DeadLetterState;
import dev.tidemark.consumer.deadletter.Replays;
import dev.tidemark.consumer.deadletter.Replays.Replay;
import dev.tidemark.web.BadParameterException;
import dev.tidemark.web.Caller;
import dev.tidemark.web.QueryParameters;
import jakarta.servlet.http.HttpServletRequest;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code POST /admin/dead-letters/{id}/…}: what is done with one letter. */
@RestController
@RequestMapping("/admin/dead-letters/{id}")
class LetterActionsController {

    private final DeadLetterQueries queries;
    private final DeadLetterClosing closing;
    private final Replays replays;
    private final ReplayListener listener;

    LetterActionsController(
            DeadLetterQueries queries, DeadLetterClosing closing, Replays replays, ReplayListener listener) {
        this.queries = queries;
        this.closing = closing;
        this.replays = replays;
        this.listener = listener;
    }

    enum Outcome {
        /** It is applied. */
        REPLAYED,
        /** It was replayed before; nothing was done. */
        CLOSED,
        /** It is not open any more. */
        DISCARDED
    }

    /** What has become of a letter. */
    record Answer(long id, Outcome result) {}

    /**
     * Replays a dead letter. As it is, or with an edited row in the place of its own. One that a later event has superseded is refused unless forced.
     *
     * @param body taken as text, so that its numbers stay exact
     */
    @PostMapping(path = "/replay", consumes = MediaType.APPLICATION_JSON_VALUE)
    Answer replay(
            @PathVariable long id, @RequestBody(required = false) @Nullable String body, HttpServletRequest request)
            throws SQLException {
        boolean forced = QueryParameters.only(request, "force").flag("force");
        String row = ReplayBody.row(body);
        String who = Caller.of(request);
        Replay replay =
                row == null ? replays.replay(List.of(id), forced, who).get(0) : replayEdited(id, row, forced, who);
        listener.tried(List.of(replay));
        return switch (replay.result()) {
            case MISSING -> throw Refusals.noLetter(id);
            case SUPERSEDED -> throw Refusals.superseded(id);
            case CLOSED -> closed(id);
            case REFUSED -> throw Refusals.refusedAgain(id, Objects.requireNonNull(replay.refusal()));
            case REPLAYED -> new Answer(id, Outcome.REPLAYED);
        };
    }

    private Replay replayEdited(long id, String row, boolean forced, String who) throws SQLException {
        try {
            return replays.replayEdited(id, row, forced, who);
        } catch (IllegalArgumentException e) {
            throw new BadParameterException("row", String.valueOf(e.getMessage()));
        }
    }

    /** That it was replayed before is no error: the one who asks may have missed the answer. */
    private Answer closed(long id) throws SQLException {
        DeadLetter letter = letter(id);
        if (letter.state() != DeadLetterState.REPLAYED) {
            throw Refusals.closed(letter);
        }
        return new Answer(id, Outcome.CLOSED);
    }

    /** Discards a dead letter. It stays to be looked at, and is not open any more. The call may be repeated. */
    @PostMapping("/discard")
    Answer discard(@PathVariable long id, HttpServletRequest request) throws SQLException {
        QueryParameters.only(request);
        if (!closing.discard(id, Caller.of(request))) {
            DeadLetter letter = letter(id);
            if (letter.state() != DeadLetterState.DISCARDED) {
                throw Refusals.closed(letter);
            }
        }
        return new Answer(id, Outcome.DISCARDED);
    }

    private DeadLetter letter(long id) throws SQLException {
        return queries.find(id).orElseThrow(() -> Refusals.noLetter(id)).letter();
    }
}
