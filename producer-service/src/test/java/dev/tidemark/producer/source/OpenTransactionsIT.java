package dev.tidemark.producer.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.model.TableId;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OpenTransactionsIT {

    private static final TableId ITEMS = TableId.parse("items");

    private final TestSource source = TestSource.create();

    @BeforeEach
    void createTable() throws SQLException {
        source.execute("CREATE TABLE items (id int PRIMARY KEY)");
        source.tables().add(ITEMS, CaptureChoice.UNCHANGED, null, "somebody");
    }

    @Test
    void namesWhoHasWrittenToTheLogAndNotEnded() throws SQLException {
        try (Connection writer = source.connection();
                Statement statement = writer.createStatement();
                Connection own = source.connection()) {
            writer.setAutoCommit(false);
            statement.execute("SET application_name = 'payroll'; INSERT INTO items VALUES (1)");
            List<OpenTransaction> found = OpenTransactions.writersOfTheLog(own);
            assertThat(found).hasSize(1);
            assertThat(found.get(0).pid()).isEqualTo(pid(statement));
            assertThat(found.get(0).toString())
                    .contains("of postgres (payroll), idle in transaction, in a transaction since 20")
                    .contains("its last statement since 20");
            assertThat(OpenTransactions.inTheWay(own, ITEMS, false)).hasSize(1);
            statement.execute("ROLLBACK");
            assertThat(OpenTransactions.writersOfTheLog(own)).isEmpty();
        }
    }

    @Test
    void saysWhatItMaySee() throws SQLException {
        try (Connection writer = source.connection();
                Statement statement = writer.createStatement();
                Connection own = source.connection();
                Statement role = own.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute("INSERT INTO items VALUES (1)");
            role.execute("CREATE ROLE blind; GRANT USAGE ON SCHEMA cdc TO blind; SET ROLE blind");
            OpenTransaction found = OpenTransactions.writersOfTheLog(own).get(0);
            role.execute("RESET ROLE; REVOKE USAGE ON SCHEMA cdc FROM blind; DROP ROLE blind");
            assertThat(found.since()).isNull();
            assertThat(found.toString())
                    .startsWith("process " + pid(statement) + " of postgres")
                    .contains("GRANT pg_read_all_stats");
        }
    }

    @Test
    void readersAreInTheWayOfTakingTriggersOffOnly() throws SQLException {
        try (Connection reader = source.connection();
                Statement statement = reader.createStatement();
                Connection own = source.connection()) {
            reader.setAutoCommit(false);
            statement.execute("SELECT * FROM items");
            assertThat(OpenTransactions.inTheWay(own, ITEMS, false)).isEmpty();
            assertThat(OpenTransactions.inTheWay(own, ITEMS, true)).hasSize(1);
        }
    }

    @Test
    void readersAreInTheWayOfAnotherChoiceToo() throws SQLException {
        try (Connection reader = source.connection();
                Statement statement = reader.createStatement()) {
            reader.setAutoCommit(false);
            statement.execute("SELECT * FROM items");
            assertThatThrownBy(() ->
                            source.tables().add(ITEMS, CaptureChoice.UNCHANGED, "{\"rows\":\"id > 0\"}", "somebody"))
                    .isInstanceOf(LockedTableException.class)
                    .hasMessageContaining("process " + pid(statement));
        }
        assertThat(source.tables().captured().get(0).options()).isNull();
    }

    @Test
    void namesPreparedTransactions() {
        OpenTransaction prepared = new OpenTransaction("-1/7", null, "night", "ada", null, null, null, null, null);
        assertThat(prepared.toString()).startsWith("the prepared transaction 'night' of ada");
    }

    private static int pid(Statement statement) throws SQLException {
        try (var row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            return row.getInt(1);
        }
    }
}
