package dev.tidemark.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;

class QueryParametersTest {

    private final MockHttpServletRequest request = new MockHttpServletRequest();

    private QueryParameters only(String... allowed) {
        return QueryParameters.only(request, allowed);
    }

    @Test
    void readsWhatIsAllowed() {
        request.addParameter("dry-run", "true");
        request.addParameter("limit", "7");
        request.addParameter("from", "2026-01-31T12:00:00+01:00");
        QueryParameters parameters = only("dry-run", "limit", "from", "until", "force");
        assertThat(parameters.flag("dry-run")).isTrue();
        assertThat(parameters.limit(50, 500)).isEqualTo(7);
        assertThat(parameters.time("from")).isEqualTo(Instant.parse("2026-01-31T11:00:00Z"));
        assertThat(parameters.has("until")).isFalse();
        assertThat(parameters.time("until")).isNull();
        assertThat(parameters.flag("force")).isFalse();
    }

    @Test
    void hasDefaults() {
        assertThat(only("limit").limit(50, 500)).isEqualTo(50);
        assertThat(only("force").text("force")).isNull();
    }

    @Test
    void refusesWhatIsUnknown() {
        request.addParameter("dryrun", "true");
        assertThatThrownBy(() -> only("dry-run"))
                .isInstanceOf(BadParameterException.class)
                .hasMessage("dryrun: unknown; there are [dry-run]");
        assertThatThrownBy(this::only).hasMessage("dryrun: no parameters are allowed here");
    }

    @Test
    void refusesWhatIsGivenTwice() {
        request.addParameter("dry-run", "true", "false");
        assertThatThrownBy(() -> only("dry-run")).hasMessage("dry-run: needs exactly one value");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " "})
    void refusesWhatHasNoValue(String value) {
        request.addParameter("dry-run", value);
        assertThatThrownBy(() -> only("dry-run")).hasMessage("dry-run: needs exactly one value");
    }

    @ParameterizedTest
    @ValueSource(strings = {"yes", "TRUE", "1", "on"})
    void refusesFlagsThatAreNeitherTrueNorFalse(String value) {
        request.addParameter("dry-run", value);
        assertThatThrownBy(() -> only("dry-run").flag("dry-run"))
                .hasMessage("dry-run: '" + value + "' is not true or false");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "501", "-1", "x", "99999999999", "999999999999999999999999999999"})
    void refusesLimitsThatAreNone(String value) {
        request.addParameter("limit", value);
        assertThatThrownBy(() -> only("limit").limit(50, 500))
                .hasMessage("limit: '" + value + "' is not a number from 1 to 500");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "yesterday",
                "2026-01-31",
                "2026-01-31T12:00:00",
                "0000-01-01T00:00:00Z",
                "+999999999-01-01T00:00:00Z",
                "-0001-01-01T00:00:00Z"
            })
    void refusesWhatIsNoTime(String value) {
        request.addParameter("from", value);
        assertThatThrownBy(() -> only("from").time("from"))
                .hasMessage("from: '" + value + "' is not a time such as 2026-01-31T12:00:00Z");
    }
}
