package dev.tidemark.consumer.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tidemark.consumer.deadletter.DeadLetter;
import dev.tidemark.consumer.deadletter.DeadLetterQueries;
import dev.tidemark.consumer.deadletter.DeadLetterRecord;
import dev.tidemark.web.QueryParameters;
import jakarta.servlet.http.HttpServletRequest;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /admin/dead-letters}: looks at dead letters. */
@RestController
@RequestMapping("/admin/dead-letters")
class DeadLetterController {

    private static final int PAGE = 50;
    private static final int LARGEST_PAGE = 500;

    private final DeadLetterQueries queries;
    private final LetterInspector inspector;

    DeadLetterController(DeadLetterQueries queries, LetterInspector inspector) {
        this.queries = queries;
        this.inspector = inspector;
    }

    /** @param next to be given as {@code after} for the next page; none if this is the last */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Page(List<LetterView> letters, @Nullable Long next) {}

    record Groups(List<GroupView> groups) {}

    /** Lists dead letters. Oldest first, page by page: {@code next} goes into {@code after} of the next page. */
    @GetMapping
    Page list(HttpServletRequest request) throws SQLException {
        FilterParameters parameters = new FilterParameters(request, "limit", "after");
        int limit = parameters.limit(PAGE, LARGEST_PAGE);
        // One more than is shown tells whether there is another page.
        List<DeadLetter> found = queries.list(parameters.filter(), parameters.after(), limit + 1);
        List<DeadLetter> shown = found.subList(0, Math.min(limit, found.size()));
        Long next = found.size() > limit ? shown.get(limit - 1).id() : null;
        return new Page(shown.stream().map(LetterView::of).toList(), next);
    }

    /** Counts dead letters by their cause. With the newest of each as the example. */
    @GetMapping("/groups")
    Groups groups(HttpServletRequest request) throws SQLException {
        FilterParameters parameters = new FilterParameters(request, "limit");
        int limit = parameters.limit(LARGEST_PAGE, LARGEST_PAGE);
        return new Groups(queries.groups(parameters.filter(), limit).stream()
                .map(GroupView::of)
                .toList());
    }

    /** Shows a dead letter. Beside the row that the destination has now, and what applying it would change. */
    @GetMapping("/{id}")
    LetterDetail one(@PathVariable long id, HttpServletRequest request) throws SQLException {
        QueryParameters.only(request);
        DeadLetterRecord record = queries.find(id).orElseThrow(() -> Refusals.noLetter(id));
        return inspector.inspect(record);
    }
}
