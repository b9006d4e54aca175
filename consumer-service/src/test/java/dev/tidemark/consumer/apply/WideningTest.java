package dev.tidemark.consumer.apply;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WideningTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            smallint                       | bigint
            integer                        | bigint
            bigint                         | numeric
            real                           | double precision
            numeric(10,2)                  | numeric
            numeric(10,2)                  | numeric(12,4)
            numeric(10)                    | numeric(12,2)
            numeric(5,-2)                  | numeric(7,0)
            character varying(10)          | character varying(11)
            character varying(10)          | text
            character varying              | text
            text                           | character varying
            bit varying(3)                 | bit varying(4)
            timestamp(3) without time zone | timestamp without time zone
            timestamp(3) with time zone    | timestamp(6) with time zone
            time(0) without time zone      | time(1) without time zone
            interval(3)                    | interval
            public.mood                    | public.mood
            """)
    void holdsAllValues(String from, String to) {
        assertThat(Widening.holds(from, to)).isTrue();
        assertThat(Widening.holds(to, to)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            bigint                         | integer
            bigint                         | double precision
            bigint                         | numeric(20,0)
            numeric                        | bigint
            double precision               | real
            numeric                        | numeric(10,2)
            numeric(10,2)                  | numeric(12,5)
            numeric(10,2)                  | numeric(12,1)
            character varying(10)          | character varying(9)
            character varying              | character varying(9)
            text                           | character varying(9)
            character(10)                  | text
            character(10)                  | character(12)
            timestamp(3) without time zone | timestamp(3) with time zone
            timestamp without time zone    | timestamp(3) without time zone
            timestamp(3) without time zone | text
            time(3) without time zone      | timestamp(3) without time zone
            integer                        | text
            integer[]                      | bigint[]
            public.mood                    | text
            bit(3)                         | bit(4)
            """)
    void mayNotHoldAValueAsItIs(String from, String to) {
        assertThat(Widening.holds(from, to)).isFalse();
    }
}
