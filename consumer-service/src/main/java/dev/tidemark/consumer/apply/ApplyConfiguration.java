package dev.tidemark.consumer.apply;

import dev.tidemark.consumer.deadletter.DeadLetterProperties;
import dev.tidemark.consumer.deadletter.Replays;
import dev.tidemark.consumer.rules.Rules;
import dev.tidemark.model.TopicNames;
import java.util.Objects;
import javax.sql.DataSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(SinkProperties.class)
class ApplyConfiguration {

    @Bean
    static SessionSettings sessionSettings() {
        return new SessionSettings();
    }

    @Bean
    OffsetStore offsetStore(DataSource dataSource) {
        return new OffsetStore(dataSource);
    }

    @Bean
    ControlStore controlStore(DataSource dataSource, KafkaProperties kafka) {
        return new ControlStore(dataSource, group(kafka));
    }

    @Bean
    HeartbeatTable heartbeatTable(DataSource dataSource, TopicNames names) {
        return new HeartbeatTable(dataSource, names.prefix());
    }

    @Bean
    OffsetMoves offsetMoves(DataSource dataSource, ControlStore control) {
        return new OffsetMoves(dataSource, control);
    }

    private static String group(KafkaProperties kafka) {
        return Objects.requireNonNull(kafka.getConsumer().getGroupId(), "spring.kafka.consumer.group-id is not set");
    }

    @Bean
    Targets targets(SinkProperties properties) {
        return new Targets(properties);
    }

    @Bean
    RowReader rowReader(DataSource dataSource, Targets targets) {
        return new RowReader(dataSource, targets);
    }

    @Bean
    Sink sink(
            DataSource dataSource,
            Targets targets,
            SinkProperties properties,
            DeadLetterProperties deadLetters,
            Rules rules) {
        return new Sink(dataSource, targets, properties.createTables(), deadLetters, rules);
    }

    @Bean
    Replays replays(DataSource dataSource, Targets targets, Rules rules, TopicNames names) {
        return new LetterReplays(dataSource, targets, rules, names);
    }

    @Bean
    RulesCheck rulesCheck(DataSource dataSource, Targets targets, Rules rules) {
        return new RulesCheck(dataSource, targets, rules);
    }

    @Bean
    DestinationPreparation destinationPreparation(DataSource dataSource, Environment environment) {
        return new DestinationPreparation(
                dataSource, environment.getProperty("spring.flyway.enabled", Boolean.class, true));
    }
}
