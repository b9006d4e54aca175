package dev.tidemark.consumer.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.consumer.Events;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ColumnTypeTest {

    private static final Events EVENTS = Events.of("t");

    /** The type, a value as it stands in an event, what is so, and what is not so. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            smallint           | -5                  | after.x == -5 && after.x < 0      | after.x == 5
            integer            | 7                   | after.x == 7.0 && after.x < 7.5   | after.x > 7
            bigint             | 9007199254740993    | after.x == 9007199254740993       | after.x == 9007199254740992
            bigint             | 9007199254740993    | after.x > 9007199254740992.0      | after.x == 9007199254740992.0
            oid                | 4294967295          | after.x == 4294967295             | after.x < 0
            numeric            | 0.3                 | after.x == decimal('0.1') + 0.2   | after.x != 0.3
            numeric            | 1.50                | after.x == 1.5 && 1.5 == after.x  | after.x > 1.5
            numeric(38)        | 99999999999999999999999999999999999999 | after.x == decimal('99999999999999999999999999999999999999') | after.x >= decimal('100000000000000000000000000000000000000')
            numeric(30,10)     | 12345678901234567890.0000000001 | after.x > decimal('12345678901234567890') | after.x == decimal('12345678901234567890')
            numeric            | 10                  | after.x * 2 - 1 == 19 && 1 - after.x == -9 | after.x * 1.5 > 15
            numeric            | 5                   | after.x in [decimal(4), decimal('5.0')] | after.x in [decimal(4)]
            numeric            | 'NaN'               | after.x == decimal('NaN') && after.x > decimal('Infinity') | after.x < 5
            numeric            | '-Infinity'         | after.x < -1.0e300 && after.x + 1 == after.x | after.x > 0
            real               | 0.1                 | after.x == 0.1 && after.x == decimal('0.1') | after.x > 0.1
            double precision   | 1e300               | after.x > 9223372036854775807     | after.x == 1.0
            double precision   | 'NaN'               | after.x > 1.0e308 && after.x == after.x | after.x < 0
            boolean            | true                | after.x                           | !after.x
            boolean            | false               | !after.x && after.x != true       | after.x == true
            text               | 'a'                 | after.x == 'a' && after.x < 'b'   | after.x.contains('b')
            character varying(9) | 'abc'             | size(after.x) == 3                | after.x.matches('^.$')
            character(3)       | 'a  '               | after.x == 'a  '                  | after.x == 'a'
            uuid               | 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11' | after.x.startsWith('a0ee') | after.x == ''
            colour             | 'red'               | after.x in ['red', 'blue']        | after.x == 'blue'
            jsonb              | '{`a`: 1}'          | after.x.contains('1')             | after.x == ''
            integer[]          | '{1,2}'             | after.x == '{1,2}'                | after.x == '{}'
            interval           | '01:00:00'          | after.x == '01:00:00'             | after.x == ''
            bytea              | '\\\\x00ff'         | size(after.x) == 2 && after.x == b'\\000\\377' | after.x < b'\\000'
            bytea              | '\\\\x'             | size(after.x) == 0                | size(after.x) > 0
            date               | '2024-02-29'        | after.x == date('2024-02-29') && after.x.getMonth() == 1 && after.x.getDate() == 29 | after.x > date('2024-03-01')
            date               | '0044-03-15 BC'     | after.x < date('0001-01-01') && after.x > date('0045-01-01 BC') | after.x.getFullYear() > 0
            date               | 'infinity'          | after.x > date('5874897-12-31')   | after.x < date('2024-01-01')
            date               | '-infinity'         | after.x < date('4713-01-01 BC')   | after.x > date('2024-01-01')
            date               | '2024-11-24'        | after.x.getDayOfWeek() == 0 && after.x.getDayOfYear() == 328 | after.x.getDayOfMonth() == 24
            timestamp with time zone | '2024-02-03T04:05:06.789012+00:00' | after.x == timestamp('2024-02-03T04:05:06.789012Z') && after.x.getHours() == 4 | after.x > timestamp('2024-02-03T04:05:06.789013Z')
            timestamp(3) without time zone | '2024-02-03T04:05:06' | after.x == timestamp('2024-02-03T05:05:06+01:00') | after.x < timestamp('2024-01-01T00:00:00Z')
            timestamp with time zone | '2024-02-03T04:05:06+00:00' | after.x + duration('1h') > after.x && after.x - after.x == duration('0s') | after.x.getFullYear() == 2023
            timestamp with time zone | 'infinity'    | after.x > timestamp('9999-12-31T00:00:00Z') | after.x < timestamp('2024-01-01T00:00:00Z')
            timestamp without time zone | '0044-03-15T10:00:00 BC' | after.x < timestamp('0001-01-01T00:00:00Z') | after.x > timestamp('0001-01-01T00:00:00Z')
            timestamp with time zone | '294276-12-31T00:00:00+00:00' | after.x > timestamp('9999-12-31T00:00:00Z') | after.x == timestamp('9999-12-31T00:00:00Z')
            """)
    void comparesValuesByTheirType(String type, String value, String so, String not) {
        assertThat(violation(type, value, so)).isNull();
        assertThat(violation(type, value, not)).isEqualTo(new Violation("r1", "broken"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "smallint",
                "bigint",
                "numeric(9,2)",
                "real",
                "boolean",
                "text",
                "bytea",
                "date",
                "timestamp with time zone",
                "integer[]",
                "colour"
            })
    void findsNullsOfEveryType(String type) {
        assertThat(violation(type, "null", "after.x == null")).isNull();
        assertThat(violation(type, "null", "null != after.x")).isEqualTo(new Violation("r1", "broken"));
    }

    private static Violation violation(String type, String value, String rule) {
        return RuleFiles.requiring(rule)
                .of(EVENTS.table(), RuleFiles.columns("x " + type))
                .check(EVENTS.upsert(1, "{'id':1}", "{'x':" + value.replace("`", "\\'") + "}"));
    }
}
