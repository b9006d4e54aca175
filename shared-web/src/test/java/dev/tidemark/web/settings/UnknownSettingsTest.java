package dev.tidemark.web.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class UnknownSettingsTest {

    @ConfigurationProperties("cdc")
    record General(List<String> tables) {}

    @ConfigurationProperties("cdc.some-group")
    record Group(boolean maySuffice, @DefaultValue List<String> files, Map<String, Table> tables) {}

    record Table(List<String> leftOut, String rows) {}

    @EnableConfigurationProperties({General.class, Group.class})
    static class Service {}

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withUserConfiguration(Service.class)
            .withConfiguration(AutoConfigurations.of(SettingsAutoConfiguration.class));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cdc.tabels",
                "cdc.some-grup.may-suffice",
                "cdc.some-group.may-sufice",
                "cdc.some-group.tables[public.t].leftt-out",
                "cdc.some-group.tables[public.t].left-out.more"
            })
    void refusesTheMisspeltAndDoesNotTellTheirValues(String name) {
        runner.withPropertyValues(name + "=Rosebud")
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasMessageContaining("no such setting: " + name)
                        .hasMessageNotContaining("Rosebud"));
    }

    @Test
    void welcomesWhatItKnows() {
        runner.withPropertyValues(
                        "cdc.tables=a,b",
                        "cdc.someGroup.maySuffice=true",
                        "cdc.some-group.tables[public.t].leftOut=ssn,notes",
                        "cdc.some-group.tables[public.u].left-out[0]=ssn",
                        "cdc.some-group.tables[\"My Schema\".\"a.b\"].rows=a > 'x, y'",
                        "cdc.security.users[0].name=ada",
                        "cdc.security.users[0].password={noop}x",
                        "cdc.security.users[0].role=viewer",
                        "elsewhere.cdc=1")
                .run(context -> assertThat(context).hasNotFailed());
    }

    /** As compose files and YAML ({@code tables: {}}) have them. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "cdc.tables",
                "cdc.some-group.tables",
                "cdc.some-group.files",
                "cdc.some-group.tables[public.t].left-out",
                "cdc.some-group.tables[public.t].rows"
            })
    void welcomesWhatIsEmpty(String name) {
        runner.withPropertyValues(name + "=").run(context -> assertThat(context).hasNotFailed());
        runner.withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .addFirst(new SystemEnvironmentPropertySource(
                                "test-systemEnvironment", Map.of("CDC_SOMEGROUP_FILES", ""))))
                .run(context -> assertThat(context).hasNotFailed());
    }

    /** What is to be below it was not indented. */
    @Test
    void refusesATableOfWhichNothingIsSaid() {
        runner.withPropertyValues("cdc.some-group.tables[public.t]=")
                .run(context -> assertThat(context).getFailure().hasMessageContaining("tables[public.t]"));
    }

    @Test
    void refusesEnvironmentVariablesOfItsGroups() {
        environment("CDC_SOMEGROUP_TABLES_T_LEFT_OT")
                .run(context ->
                        assertThat(context).getFailure().hasMessageContaining("\"CDC_SOMEGROUP_TABLES_T_LEFT_OT\""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CDC_SOME_GROUP_MAY_SUFFICE",
                "CDC_SOMEGROUP_MAYSUFFICE",
                "CDC_SOMEGROUP_TABLES_T_LEFTOUT",
                "CDC_SOMEGROUP_TABLES_T_LEFTOUT_0",
                "CDC_OTHER_SERVICE_HOST"
            })
    void leavesOtherEnvironmentVariablesAlone(String name) {
        environment(name).run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void passesOverWhatAnotherSourceOverrides() {
        runner.withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .addLast(new MapPropertySource(
                                "file",
                                Map.of(
                                        "cdc.tables[0]", "x",
                                        "cdc.tables[1]", "y",
                                        "cdc.some-group.may-suffice", "true",
                                        "cdc.some-group.tables[t].left-out[1]", "y"))))
                .withPropertyValues(
                        "cdc.tables=z", "cdc.some-group.may-suffice=false", "cdc.some-group.tables[t].left-out[0]=z")
                .run(context -> assertThat(context).hasNotFailed());
    }

    private ApplicationContextRunner environment(String name) {
        return runner.withInitializer(context -> context.getEnvironment()
                .getPropertySources()
                .addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment", Map.of(name, "true"))));
    }
}
