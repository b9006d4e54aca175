package dev.tidemark.consumer.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class RawJsonTest {

    @Test
    void keepsMembersAsTheyAreWritten() {
        String text =
                "{ \"n\" : 1.500, \"big\":123456789012345678901234567890.10 ,\"s\":\"a\\\"}\\u00e4\", \"z\":null,\"b\":true"
                        + ",\"o\": {\"x\":[1, 2]} , \"a\":[ ] }";
        Map<String, RawJson> members = new RawJson(text).members();
        assertThat(members)
                .containsExactly(
                        Map.entry("n", new RawJson("1.500")),
                        Map.entry("big", new RawJson("123456789012345678901234567890.10")),
                        Map.entry("s", new RawJson("\"a\\\"}\\u00e4\"")),
                        Map.entry("z", new RawJson("null")),
                        Map.entry("b", new RawJson("true")),
                        Map.entry("o", new RawJson("{\"x\":[1, 2]}")),
                        Map.entry("a", new RawJson("[ ]")));
    }

    @Test
    void keepsLongMembers() {
        String digits = "7".repeat(3000);
        String string = "\"" + "ä\\n".repeat(50_000) + "\"";
        Map<String, RawJson> members = RawJson.parse("{\"s\":" + string + ",\"n\":" + digits + ",\"e\":1}")
                .members();
        assertThat(members.get("s").text()).isEqualTo(string);
        assertThat(members.get("n").text()).isEqualTo(digits);
        assertThat(members.get("e").text()).isEqualTo("1");
    }

    @Test
    void isWrittenAsItStands() {
        record Holder(RawJson value) {}
        assertThat(JsonMapper.shared().writeValueAsString(new Holder(new RawJson("{\"n\": 1.500}"))))
                .isEqualTo("{\"value\":{\"n\": 1.500}}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{} {}", "nothing", "{\"a\":1,}"})
    void refusesWhatIsNoJson(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> RawJson.parse(text));
        assertThat(RawJson.orString(text).text()).startsWith("\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "1.0|1.00|true",
                "1|\"1\"|true",
                "\"1.0\"|\"1.00\"|false",
                "\"a\"|\"\\u0061\"|true",
                "null|\"null\"|false",
                "null|null|true",
                "true|false|false",
                "1|2|false"
            })
    void comparesByValue(String one, String other, boolean same) {
        assertThat(new RawJson(one).isSameValue(new RawJson(other))).isEqualTo(same);
    }
}
