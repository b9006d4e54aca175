package dev.tidemark.consumer.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.consumer.Events;
import dev.tidemark.model.ChangeEvent;
import dev.tidemark.model.Operation;
import dev.tidemark.model.TableId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RulesTest {

    private static final Map<String, String> COLUMNS = RuleFiles.columns(
            "emp_id integer, last_name character varying(100), email text, dob date, city character varying(100), salary integer,"
                    + " amount numeric(10), hired timestamp with time zone, End date, retired boolean");

    private final Events events = Events.of("t");

    @ParameterizedTest
    @CsvSource(delimiterString = " | ", quoteCharacter = '`', textBlock = """
            after.salary > 10000                          | 'salary':10001         | 'salary':10000
            key.emp_id > 0                                | 'emp_id':1             | 'emp_id':0
            after.dob >= date('2007-01-01')               | 'dob':'2007-01-01'     | 'dob':'2006-12-31'
            after.email.matches('^[^@]+@[^@]+$')          | 'email':'a@b'          | 'email':'ab'
            size(after.city) <= 3                         | 'city':'Äöü'           | 'city':'Oslo'
            after.city != null                            | 'city':''              | 'city':null
            after.salary == null || after.salary > 10000  | 'salary':null          | 'salary':10000
            after.amount <= 99999.99                      | 'amount':99999.990     | 'amount':99999.991
            after.city in ['Oslo', 'Rome']                | 'city':'Rome'          | 'city':'Paris'
            after['End'] == null || after.End > after.dob | 'End':'2024-01-02','dob':'2024-01-01' | 'End':'2024-01-01','dob':'2024-01-02'
            after.email.matches(r'^\\d+$')                | 'email':'123'          | 'email':'12a'
            after.retired || after.salary > 1            | 'retired':null,'salary':2 | 'retired':false,'salary':0
            ['a', 'b'].exists(x, after.city.startsWith(x)) | 'city':'bc'           | 'city':'cb'
            after.dob.getFullYear() < 2000                | 'dob':'1999-12-31'     | 'dob':'2000-01-01'
            date(after.hired) > after.dob                 | 'hired':'2024-01-02T00:00:00+00:00','dob':'2024-01-01' | 'hired':'2024-01-02T00:00:00+00:00','dob':'2024-01-02'
            """)
    void refusesTheRowThatBreaksARule(String rule, String kept, String broken) {
        TableRules rules = RuleFiles.requiring(rule).of(events.table(), COLUMNS);
        assertThat(rules.check(event(Operation.UPDATE, kept))).isNull();
        assertThat(rules.check(event(Operation.CREATE, broken))).isEqualTo(new Violation("r1", "broken"));
    }

    @Test
    void asksOnlyForEventsThatMeetTheCondition() {
        TableRules rules = RuleFiles.load("""
                        t:
                          - {name: kept, when: op == 'd', require: before.salary == 0, message: Pay first}
                          - {name: read, when: "op in ['c', 'u'] && after.city == 'Oslo'", require: after.salary > 0, message: Poor}
                        """).of(events.table(), COLUMNS);
        assertThat(rules.check(event(Operation.DELETE, "'salary':1"))).isEqualTo(new Violation("kept", "Pay first"));
        assertThat(rules.check(event(Operation.DELETE, "'salary':0"))).isNull();
        assertThat(rules.check(event(Operation.READ, "'salary':0,'city':'Oslo'")))
                .isNull();
        assertThat(rules.check(event(Operation.UPDATE, "'salary':0,'city':'Rome'")))
                .isNull();
        assertThat(rules.check(event(Operation.UPDATE, "'salary':0,'city':'Oslo'")))
                .isEqualTo(new Violation("read", "Poor"));
    }

    @Test
    void checksRulesOnlyForEventsThatHaveWhatTheyName() {
        TableRules rules = RuleFiles.requiring("after.salary > 0", "before.salary > 5", "key.emp_id > 0", "op != 't'")
                .of(events.table(), COLUMNS);
        assertThat(name(rules, event(Operation.UPDATE, "'salary':0"))).isEqualTo("r1");
        assertThat(name(rules, event(Operation.UPDATE, "'salary':3"))).isNull();
        assertThat(name(rules, event(Operation.DELETE, "'salary':0"))).isEqualTo("r2");
        assertThat(name(rules, events.delete(1, "{'emp_id':1}"))).isNull();
        assertThat(name(rules, events.delete(1, "{'emp_id':0}"))).isEqualTo("r3");
        assertThat(name(rules, events.truncate(1))).isEqualTo("r4");
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " | ", quoteCharacter = '`', textBlock = """
            after.salary > 10000       | 'salary':null | after.salary is NULL; NULL is neither less nor greater than anything
            size(after.city) < 3       | 'city':null   | after.city is NULL; No matching overload for function 'size'. Overload candidates: size_string
            after.salary * 9223372036854775807 > 0 | 'salary':2 | long overflow
            after.retired              | 'retired':null | after.retired is NULL; NULL is neither true nor false
            10 / after.salary > 1      | 'salary':0    | / by zero
            after.salary > 0           | 'city':'x'    | the event has no after.salary but [city]
            key.salary > 0             | 'salary':1    | the event has no key.salary but [emp_id]
            after.dob > date('2000-01-01') | 'dob':'soon' | 'soon' is no date: write 2024-12-31
            date(after.city) > after.dob   | 'city':'soon','dob':'2024-01-01' | 'soon' is no date: write 2024-12-31
            """)
    void refusesTheRowForWhichARuleCannotBeEvaluated(String rule, String row, String cause) {
        TableRules rules = RuleFiles.requiring(rule).of(events.table(), COLUMNS);
        assertThat(rules.check(event(Operation.UPDATE, row)))
                .isEqualTo(new Violation("r1", "broken (the rule could not be evaluated: " + cause + ")"));
    }

    @Test
    void namesTheFirstRuleThatIsBrokenAndCountsForEach() {
        Rules rules = RuleFiles.requiring("after.city != 'x'", "after.salary > 0", "after.salary > 10");
        TableRules table = rules.of(events.table(), COLUMNS);
        assertThat(name(table, event(Operation.UPDATE, "'city':'y','salary':0")))
                .isEqualTo("r2");
        assertThat(name(table, event(Operation.UPDATE, "'city':'y','salary':1")))
                .isEqualTo("r3");
        assertThat(name(rules.of(events.table(), COLUMNS), event(Operation.UPDATE, "'city':'y','salary':99")))
                .isNull();
        assertThat(rules.all()).extracting(RuleInfo::checked).containsExactly(3L, 3L, 2L);
        assertThat(rules.all()).extracting(RuleInfo::refused).containsExactly(0L, 1L, 1L);
        assertThat(rules.all().get(0))
                .isEqualTo(new RuleInfo(events.table(), "r1", null, "after.city != 'x'", "broken", 3, 0));
    }

    @Test
    void keepsWorkingWhenTheShapeOfRowsChanges() {
        TableRules rules = RuleFiles.requiring("after.salary > key.emp_id").of(events.table(), COLUMNS);
        for (String row : List.of("'salary':5", "'city':'x','salary':5", "'salary':5,'city':'x'")) {
            assertThat(rules.check(events.upsert(1, "{'emp_id':4}", "{" + row + "}")))
                    .isNull();
            assertThat(rules.check(events.upsert(1, "{'x':1,'emp_id':5}", "{" + row + "}")))
                    .isNotNull();
        }
    }

    @Test
    void hasNoRulesForOtherTables() {
        Rules rules = RuleFiles.requiring("after.salary > 0");
        assertThat(rules.isEmpty()).isFalse();
        assertThat(rules.of(TableId.parse("u"), COLUMNS).isEmpty()).isTrue();
        assertThat(rules.of(TableId.parse("u"), COLUMNS).check(event(Operation.UPDATE, "'salary':0")))
                .isNull();
        assertThat(Rules.load(new RulesProperties(List.of())).isEmpty()).isTrue();
    }

    @Test
    void compilesAnewOnlyWhenTheColumnsHaveChanged() {
        Rules rules = RuleFiles.requiring("after.amount == 1.5");
        TableRules first = rules.of(events.table(), RuleFiles.columns("amount numeric"));
        assertThat(rules.of(events.table(), RuleFiles.columns("amount numeric")))
                .isSameAs(first);
        assertThat(rules.of(events.table(), RuleFiles.columns("amount real"))).isNotSameAs(first);
    }

    private ChangeEvent event(Operation operation, String row) {
        String key = row.startsWith("'emp_id'") ? row : "'emp_id':1";
        return events.event(operation, 1, "{" + key + "}", "{" + row + "}");
    }

    private static String name(TableRules rules, ChangeEvent event) {
        Violation violation = rules.check(event);
        return violation == null ? null : violation.rule();
    }
}
