package dev.tidemark.consumer.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tidemark.consumer.rules.RuleInfo;
import dev.tidemark.consumer.rules.Rules;
import dev.tidemark.web.QueryParameters;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /admin/rules}: the rules, and what they have done. */
@RestController
@RequestMapping("/admin/rules")
class RulesController {

    private final Rules rules;

    RulesController(Rules rules) {
        this.rules = rules;
    }

    record RuleList(List<RuleView> rules) {}

    /** @param checked how many events this instance has applied the rule to since it started, {@code refused} of them in vain */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record RuleView(
            String table,
            String name,
            @Nullable String when,
            String require,
            String message,
            long checked,
            long refused) {

        static RuleView of(RuleInfo rule) {
            return new RuleView(
                    rule.table().toString(),
                    rule.name(),
                    rule.when(),
                    rule.require(),
                    rule.message(),
                    rule.checked(),
                    rule.refused());
        }
    }

    /** Lists the rules. With how often this instance has applied each of them, and refused a row for it. */
    @GetMapping
    RuleList all(HttpServletRequest request) {
        QueryParameters.only(request);
        return new RuleList(rules.all().stream().map(RuleView::of).toList());
    }
}
