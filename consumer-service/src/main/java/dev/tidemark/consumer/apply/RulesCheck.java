package dev.tidemark.consumer.apply;

import dev.tidemark.consumer.rules.RuleInfo;
import dev.tidemark.consumer.rules.Rules;
import dev.tidemark.model.TableId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;

/** Checks the rules against the tables when the service starts, so that a rule that names a column that is not there stops the start. */
final class RulesCheck implements SmartInitializingSingleton {

    private static final Logger log = LoggerFactory.getLogger(RulesCheck.class);

    private final DataSource dataSource;
    private final Targets targets;
    private final Rules rules;

    RulesCheck(DataSource dataSource, Targets targets, Rules rules) {
        this.dataSource = dataSource;
        this.targets = targets;
        this.rules = rules;
    }

    @Override
    public void afterSingletonsInstantiated() {
        if (rules.isEmpty()) {
            return;
        }
        try (Connection connection = dataSource.getConnection()) {
            Set<TableId> tables = rules.all().stream().map(RuleInfo::table).collect(Collectors.toSet());
            for (TableId table : tables) {
                check(connection, table);
            }
        } catch (SQLException e) {
            log.warn(
                    "The rules are not checked against the destination's tables before these are first written, since it cannot be asked: {}",
                    e.getMessage());
        }
    }

    private void check(Connection connection, TableId table) throws SQLException {
        try {
            new TableCatalog(targets).get(connection, table).rules(rules);
        } catch (MissingTableException e) {
            log.warn("The rules for {} are not checked before it is there", table);
        }
    }
}
