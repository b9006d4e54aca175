package dev.tidemark.consumer.rules;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.model.TableId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuleErrorsTest {

    private static final TableId TABLE = TableId.parse("t");

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            after.x >              | 4:21: rule r of public.t: require: mismatched input '<EOF>'
            size(1)                | 4:16: rule r of public.t: require: found no matching overload for 'size'
            after.x + 1 == 2 && 5  | 4:29: rule r of public.t: require: found no matching overload for '_&&_' applied to '(bool, int)'
            1 + 1                  | 4:14: rule r of public.t: require: the result has to be true or false, not int
            row.x > 1              | 4:12: rule r of public.t: require: undeclared reference to 'row'
            after == null          | 4:12: rule r of public.t: require: 'after' is a row: name a column, after.x
            has(after.x)           | require: every row has all columns: write after.x != null instead of has()
            nonsense(after.x)      | require: undeclared reference to 'nonsense'
            after.x > date('2024-02-30') | 4:26: rule r of public.t: require: '2024-02-30' is no date: write 2024-12-31
            after.x > timestamp('x')     | 4:31: rule r of public.t: require: Text 'x' could not be parsed
            after.x > decimal('1,5')     | '1,5' is no decimal number
            after.x == decimal('1e999999999') | '1e999999999' is out of the range of numeric
            after.x.matches('[')   | 4:27: rule r of public.t: require: error parsing regexp: missing closing ]
            op > 5                 | 4:15: rule r of public.t: require: string cannot be compared with int by >
            [1] < [2]              | list cannot be compared with list by <
            after.x > 0.12345678901234567890 | 4:22: rule r of public.t: require: so many digits need quotes: write decimal('0.12345678901234567890')
            after.x > 99999999999999999999   | 4:22: rule r of public.t: require: For input string: "99999999999999999999"
            """)
    void refusesAWrongExpressionAtTheStart(String require, String error) {
        String yaml =
                "# a comment\nt:\n- name: r\n  require: " + (require.startsWith("[") ? "'" + require + "'" : require);
        assertThatThrownBy(() -> RuleFiles.load(yaml))
                .isInstanceOf(RuleException.class)
                .hasMessageContaining(error.replaceFirst("^4:", "0.yml:4:"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            after.nope > 1      | 4:20: rule r1 of public.t: require: there is no column nope; there are n, i, s, d, b, c
            key.nope > 1        | there is no column nope
            after.s > 5         | string cannot be compared with int by >
            after.s == 5        | string cannot be compared with int by ==
            after.d > '2024-01-01' | date cannot be compared with string by >
            after.d == after.n  | date cannot be compared with decimal by ==
            after.b > null      | bool cannot be compared with null_type by >
            after.i             | the result has to be true or false, not int
            size(after.i) > 1   | found no matching overload for 'size' applied to '(int)'
            after.i.matches('x') | found no matching overload for 'matches' applied to 'int.(string)'
            after.n in [1, 2]   | found no matching overload for '@in'
            after.n / 2 == 1    | found no matching overload for '_/_' applied to '(decimal, int)'
            """)
    void refusesWhatTheColumnsDoNotAllow(String require, String error) {
        Rules rules = RuleFiles.requiring(require);
        assertThatThrownBy(() ->
                        rules.of(TABLE, RuleFiles.columns("n numeric, i integer, s text, d date, b boolean, c bytea")))
                .isInstanceOf(RuleException.class)
                .hasMessageContaining(error);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            t:\\n- {name: a, require: 'true', severity: high}    | 0.yml:2:30: 'severity' is no attribute of a rule: it has name, when, require and message
            t:\\n- {name: a, require: 'true'}\\n- {name: a, require: 'true'} | 0.yml:3:3: there is another rule a of public.t
            t:\\n- {name: a, require: ' '}                       | 0.yml:2:22: require is empty
            t:\\n- {name: a, require: }                          | require is empty
            t:\\n- {name: a}                                     | 0.yml:2:3: a rule of public.t has no require
            t:\\n- {require: 'true'}                             | 0.yml:2:3: a rule of public.t has no name
            t:\\n- {name: a, name: b, require: 'true'}           | 0.yml:2:13: name is there twice
            t:\\n- {name: a, require: [1]}                       | 0.yml:2:22: expected text for require
            t: {name: a, require: 'true'}                        | 0.yml:1:4: expected a list of rules of public.t
            t: [a]                                               | 0.yml:1:5: expected a rule with name and require
            - name: a                                            | 0.yml:1:1: expected tables with their rules
            a.b.c: []                                            | 0.yml:1:1: 'a.b.c' is no table name
            t: [                                                 | 0.yml:1:
            """)
    void refusesAFileThatIsNotOneOfRules(String yaml, String error) {
        assertThatThrownBy(() -> RuleFiles.load(yaml.replace("\\n", "\n")))
                .isInstanceOf(RuleException.class)
                .hasMessageContaining(error);
    }

    @Test
    void refusesTheSameNameInTwoFiles() {
        String yaml = "t:\n- {name: a, require: 'true'}";
        assertThatThrownBy(() -> RuleFiles.load(yaml, yaml))
                .isInstanceOf(RuleException.class)
                .hasMessageContaining("1.yml:2:3: there is another rule a of public.t");
    }

    @Test
    void refusesAMissingFile() {
        assertThatThrownBy(() -> Rules.load(new RulesProperties(List.of("/no/such.yml"))))
                .isInstanceOf(RuleException.class)
                .hasMessageStartingWith("/no/such.yml: the file cannot be read: java.nio.file.NoSuchFileException");
    }
}
