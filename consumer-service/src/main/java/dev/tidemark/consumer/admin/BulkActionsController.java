package dev.tidemark.consumer.admin;

import dev.tidemark.consumer.deadletter.DeadLetterClosing;
import dev.tidemark.consumer.deadletter.DeadLetterFilter;
import dev.tidemark.web.BadParameterException;
import dev.tidemark.web.Caller;
import dev.tidemark.web.QueryParameters;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.sql.SQLException;
import java.util.List;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code /admin/dead-letters/…}: what is done with all letters that match. */
@RestController
@RequestMapping("/admin/dead-letters")
class BulkActionsController {

    private static final String REPLAYS = "/admin/dead-letters/replays/";

    private final DeadLetterClosing closing;
    private final ReplayRuns runs;

    BulkActionsController(DeadLetterClosing closing, ReplayRuns runs) {
        this.closing = closing;
        this.runs = runs;
    }

    record Discarded(long discarded) {}

    record Runs(List<ReplayProgress> replays) {}

    /** Replays all open letters that match. One after the other, in the background; one replay runs at a time. */
    @PostMapping("/replay")
    ResponseEntity<ReplayProgress> replay(HttpServletRequest request) {
        DeadLetterFilter filter = new FilterParameters(request).openFilter();
        ReplayProgress running = runs.start(filter, Caller.of(request))
                .orElseThrow(() -> Refusals.busy(URI.create(REPLAYS + runs.lastNumber())));
        return ResponseEntity.accepted()
                .location(URI.create(REPLAYS + running.number()))
                .body(running);
    }

    /** Lists the replays since the start. */
    @GetMapping("/replays")
    Runs replays(HttpServletRequest request) {
        QueryParameters.only(request);
        return new Runs(runs.all());
    }

    /** Tells how far a replay is. */
    @GetMapping("/replays/{number}")
    ReplayProgress progress(@PathVariable long number, HttpServletRequest request) {
        QueryParameters.only(request);
        return runs.find(number).orElseThrow(() -> Refusals.noReplay(number));
    }

    /** Cancels a replay. What is applied stays applied: the page under way is finished. */
    @DeleteMapping("/replays/{number}")
    ReplayProgress cancel(@PathVariable long number, HttpServletRequest request) {
        QueryParameters.only(request);
        return runs.cancel(number).orElseThrow(() -> Refusals.noReplay(number));
    }

    /** Discards all open letters that match. To discard everything somebody has to say so, by a filter that matches everything. */
    @PostMapping("/discard")
    Discarded discard(HttpServletRequest request) throws SQLException {
        FilterParameters parameters = new FilterParameters(request);
        if (!parameters.hasFilter()) {
            throw new BadParameterException("filter", "at least one is needed, such as table; state=open means all");
        }
        return new Discarded(closing.discardAll(parameters.openFilter(), Caller.of(request)));
    }
}
