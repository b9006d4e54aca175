package dev.tidemark.consumer.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.types.CelType;
import dev.cel.runtime.CelEvaluationException;
import dev.tidemark.consumer.Events;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlanTest {

    private static final Events EVENTS = Events.of("t");
    private static final String[] NUMBERS = {"null", "0", "-1", "10"};
    private static final String[] TEXTS = {"null", "''", "'a'", "'1'"};
    /** No null, which the interpreter does not overlook as it should. */
    private static final String[] TRUTHS = {"true", "false"};

    @ParameterizedTest
    @ValueSource(
            strings = {
                "after.i > 0",
                "after.i > 0 || after.n > 0",
                "after.i > 0 && after.n > 0",
                "after.i == null || after.i > 0",
                "after.i > 0 || after.i == null",
                "after.i != null && !(after.i > 0)",
                "!(after.b && after.i / after.i == 1) || after.t == 'a'",
                "after.b || after.t.startsWith('a')",
                "after.b ? after.i > 0 : after.n > 0",
                "after.b",
                "!after.b",
                "(after.b || after.i > 0) && (after.t == op || op == 'u')",
                "after.n * 2 + after.i > 10 - after.i",
                "[1, 2].exists(x, x > after.i) && after.t != null",
                "after.t in ['a', '1'] || int(after.t) > 0",
                "decimal(after.t) >= after.n",
                "1 / 0 > 0 && after.i == 0 || after.b",
                "true || 1 / 0 > 0",
                "date('2024-01-01') > date('2023-01-01') && after.b",
                "after.t.matches('^[a1]$')"
            })
    void givesWhatTheInterpreterGives(String text) throws CelEvaluationException {
        Map<String, ColumnType> columns = new LinkedHashMap<>();
        RuleFiles.columns("i integer, n numeric, t text, b boolean")
                .forEach((name, type) -> columns.put(name, ColumnType.of(type)));
        References references = References.of(Language.parse(text.replace("1 / 0", "1 / (after.i - after.i)")));
        Map<String, CelType> types = new HashMap<>();
        references
                .variables()
                .keySet()
                .forEach(variable -> types.put(
                        variable.toString(), columns.get(variable.column()).type()));
        CelAbstractSyntaxTree checked = Language.check(references.ast(), types);
        Plan.Step interpreter = Language.program(checked)::eval;
        Plan.Step plan = Plan.of(checked);
        Slots slots = new Slots(references.variables().keySet(), columns);
        for (String row : rows()) {
            assertThat(outcome(plan, slots, row)).as(row).isEqualTo(outcome(interpreter, slots, row));
        }
    }

    private static Object outcome(Plan.Step step, Slots slots, String row) {
        try {
            return Plan.truth(step.apply(new EventValues(slots, EVENTS.upsert(1, "{'id':1}", row))));
        } catch (CelEvaluationException | RuntimeException e) {
            return "failure";
        }
    }

    private static List<String> rows() {
        List<String> rows = new ArrayList<>();
        for (String i : NUMBERS) {
            for (String n : NUMBERS) {
                for (String t : TEXTS) {
                    for (String b : TRUTHS) {
                        rows.add("{'i':%s,'n':%s,'t':%s,'b':%s}".formatted(i, n, t, b));
                    }
                }
            }
        }
        return rows;
    }
}
