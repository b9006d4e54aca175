package dev.tidemark.model;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseUrlTest {

    @ParameterizedTest
    @ValueSource(
            strings = {"jdbc:postgresql://u:secret@host/db", "jdbc:postgresql://u@h:1/db", "jdbc:postgresql://u:s/e@h/d"
            })
    void refusesUserBeforeHostWithoutQuotingIt(String url) {
        assertThatThrownBy(() -> DatabaseUrl.require(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("spring.datasource.username")
                .hasMessageNotContaining("secret");
    }

    @Test
    void refusesThePasswordOfAKeyWithoutQuotingIt() {
        assertThatThrownBy(() -> DatabaseUrl.require("jdbc:postgresql://h/db?sslmode=require&sslpassword=secret"))
                .hasMessageContaining("data-source-properties.sslpassword")
                .hasMessageNotContaining("secret");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"jdbc:postgresql://a:1,b:2/db?user=u&password=p@ss", "jdbc:postgresql:db"})
    void takesOthers(String url) {
        DatabaseUrl.require(url);
    }
}
