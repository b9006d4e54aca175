package dev.tidemark.consumer.rules;

import dev.tidemark.consumer.Events;
import dev.tidemark.model.ChangeEvent;
import dev.tidemark.model.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What rules cost an event: run it pinned to a core, e.g. with taskset. Arguments: rounds over the events. */
public final class RulesBenchmark {

    private static final Map<String, String> COLUMNS = RuleFiles.columns(
            "emp_id integer, first_name character varying(100), email text, dob date, city character varying(100), salary integer,"
                    + " amount numeric(10)");

    private static final String[] RULES = {
        "after.salary > 1000",
        "key.emp_id > 0",
        "after.dob >= date('1900-01-01')",
        "after.email.matches('^[^@]+@[^@]+$')",
        "after.amount <= 99999.99 && size(after.city) <= 100"
    };

    private RulesBenchmark() {}

    public static void main(String[] arguments) {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 100;
        List<ChangeEvent> events = events();
        for (String rule : RULES) {
            System.out.printf("%6.0f ns: %s%n", measure(rounds, events, rule), rule);
        }
        System.out.printf("%6.0f ns: all five%n", measure(rounds, events, RULES));
    }

    /** The last of three measurements, in ns per event. */
    private static double measure(int rounds, List<ChangeEvent> events, String... rules) {
        TableRules table = RuleFiles.requiring(rules).of(events.get(0).table(), COLUMNS);
        double nanos = 0;
        for (int phase = 0; phase < 3; phase++) {
            long begin = System.nanoTime();
            for (int round = 0; round < rounds; round++) {
                for (ChangeEvent event : events) {
                    if (table.check(event) != null) {
                        throw new IllegalStateException("refused");
                    }
                }
            }
            nanos = (double) (System.nanoTime() - begin) / rounds / events.size();
        }
        return nanos;
    }

    private static List<ChangeEvent> events() {
        Events events = Events.of("t");
        List<ChangeEvent> list = new ArrayList<>();
        for (int i = 1; i <= 10_000; i++) {
            String row =
                    "{'emp_id':%d,'first_name':'First%d','email':'first.last%d@example.org','dob':'1980-01-%02d','city':'City %d','salary':%d,'amount':%d.%02d}"
                            .formatted(i, i, i, 1 + i % 28, i % 100, 2000 + i, i, i % 100);
            list.add(events.event(Operation.UPDATE, i, "{'emp_id':" + i + "}", row));
        }
        return list;
    }
}
