package dev.tidemark.consumer.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.model.TableId;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.FailureHandler;

class RulesConfigurationTest {

    private static final Map<String, String> EMPLOYEES = RuleFiles.columns(
            "emp_id integer, first_name character varying(100), last_name character varying(100), dob date,"
                    + " city character varying(100), salary integer");

    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withUserConfiguration(RulesConfiguration.class);

    @Test
    void hasNoRulesUnlessThereIsAFile() {
        runner.run(context -> assertThat(context.getBean(Rules.class).isEmpty()).isTrue());
        runner.withPropertyValues("cdc.rules.files=")
                .run(context ->
                        assertThat(context.getBean(Rules.class).isEmpty()).isTrue());
    }

    @Test
    void readsTheExampleWhichFitsTheSampleTable() {
        runner.withPropertyValues("cdc.rules.files=../docs/examples/rules.yml").run(context -> {
            Rules rules = context.getBean(Rules.class);
            assertThat(rules.of(TableId.parse("employees"), EMPLOYEES).isEmpty())
                    .isFalse();
        });
    }

    @Test
    void stopsTheStartWithTheMessageOfTheRule() {
        runner.withPropertyValues("cdc.rules.files=/no/such.yml").run(context -> {
            Throwable failure = context.getStartupFailure();
            FailureHandler others = FailureHandler.handleMessage((message, e) -> {});
            assertThat(SpringFactoriesLoader.forDefaultResourceLocation().load(FailureAnalyzer.class, others))
                    .extracting(analyzer -> analyzer.analyze(failure))
                    .filteredOn(analysis -> analysis != null)
                    .singleElement()
                    .satisfies(analysis -> assertThat(analysis.getDescription())
                            .startsWith("The rules of cdc.rules.files cannot be used: /no/such.yml: "));
        });
    }
}
