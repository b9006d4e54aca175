package dev.tidemark.consumer.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.consumer.Events;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an ordinary role may not do is said, and does no harm. */
class OrdinaryRoleIT {

    private final Events parents = Events.of("parents");
    private final Events children = Events.of("children");
    private TestDestination destination;
    private Batches parentBatches;

    @BeforeEach
    void start() {
        destination = TestDestination.create("clerk");
        asOwner("CREATE TABLE parents (id int PRIMARY KEY, code text UNIQUE);"
                + "CREATE TABLE children (id int PRIMARY KEY, parent int REFERENCES parents ON DELETE CASCADE);"
                + "GRANT SELECT, INSERT, UPDATE, DELETE ON parents, children TO clerk;"
                + "INSERT INTO parents VALUES (1, 'a'), (2, 'b'); INSERT INTO children VALUES (10, 1)");
        parentBatches = destination.batches("p");
    }

    @AfterEach
    void stop() {
        destination.close();
    }

    private void asOwner(String sql) {
        try (Connection connection = DriverManager.getConnection(destination.url(), "postgres", "postgres");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void refusesRowWhoseParentDoesNotComeEvenWhenWaitedFor() {
        Batches batches = destination.batches("c");
        Outcome outcome = batches.changes(
                        children.upsert(1, "{'id':11}", "{'id':11,'parent':2}"),
                        children.upsert(2, "{'id':12}", "{'id':12,'parent':99}"),
                        children.upsert(3, "{'id':13}", "{'id':13,'parent':1}"))
                .apply();
        assertThat(outcome.isEarly()).isTrue();
        assertThat(outcome.done()).isEqualTo(1);
        outcome = batches.changes(
                        children.upsert(2, "{'id':12}", "{'id':12,'parent':99}"),
                        children.upsert(3, "{'id':13}", "{'id':13,'parent':1}"))
                .awaited()
                .apply();
        assertThat(Batches.refusal(outcome).cause()).isEqualTo("foreign key \"children_parent_fkey\"");
        assertThat(Batches.refusal(outcome).message()).contains("(parent)=(99)", "parents");
        assertThat(destination.rows("SELECT id FROM children ORDER BY id")).containsExactly("10", "11", "13");
    }

    @Test
    void waitsForAParent() {
        Batches batches = destination.batches("c");
        Outcome outcome = batches.changes(children.upsert(1, "{'id':11}", "{'id':11,'parent':3}"))
                .apply();
        assertThat(outcome.isEarly()).isTrue();
        asOwner("INSERT INTO parents VALUES (3)");
        outcome = batches.changes(children.upsert(1, "{'id':11}", "{'id':11,'parent':3}"))
                .awaited()
                .apply();
        assertThat(outcome.refused()).isEmpty();
    }

    @Test
    void deletesRowsWhereItMayNotTruncate() {
        asOwner("DELETE FROM children");
        assertThat(parentBatches.changes(parents.truncate(1)).apply().problem()).isNull();
        assertThat(destination.rows("SELECT * FROM parents")).isEmpty();
    }

    @Test
    void neverRemovesARowForAMomentWhereOthersWouldGoWithIt() {
        Outcome outcome = parentBatches
                .changes(
                        parents.upsert(1, "{'id':1}", "{'id':1,'code':'b'}"),
                        parents.upsert(2, "{'id':2}", "{'id':2,'code':'a'}"))
                .awaited()
                .apply();
        assertThat(outcome.refused()).hasSize(2);
        assertThat(destination.rows("SELECT id FROM children")).containsExactly("10");
    }

    @Test
    void saysWhichRightIsMissing() {
        asOwner("REVOKE UPDATE ON parents FROM clerk");
        Problem problem = parentBatches
                .changes(parents.upsert(1, "{'id':1}", "{'id':1,'code':'c'}"))
                .apply()
                .problem();
        assertThat(problem.sqlState()).isEqualTo("42501");
        assertThat(problem.kind()).isEqualTo(ErrorKind.ENVIRONMENT);
    }

    @Test
    void refusesToWorkBlindlyBehindRowSecurity() {
        asOwner("ALTER TABLE parents ENABLE ROW LEVEL SECURITY; CREATE POLICY visible ON parents USING (id < 2)");
        Problem problem =
                parentBatches.changes(parents.delete(1, "{'id':2}")).apply().problem();
        assertThat(problem.kind()).isEqualTo(ErrorKind.ENVIRONMENT);
        assertThat(problem.message()).contains("row-level security");
    }

    @Test
    void sparesTriggersAndForeignKeysWhereItMay() {
        asOwner("DO $$ BEGIN IF current_setting('server_version_num')::int >= 150000 THEN"
                + " GRANT SET ON PARAMETER session_replication_role TO clerk; END IF; END $$");
        destination.dataSource().getHikariPoolMXBean().softEvictConnections();
        boolean allowed = destination.value("SHOW session_replication_role").equals("replica");
        Outcome outcome = destination
                .batches("c")
                .changes(children.upsert(2, "{'id':12}", "{'id':12,'parent':99}"))
                .apply();
        assertThat(outcome.isEarly()).isEqualTo(!allowed);
        asOwner("DO $$ BEGIN IF current_setting('server_version_num')::int >= 150000 THEN"
                + " REVOKE SET ON PARAMETER session_replication_role FROM clerk; END IF; END $$");
    }
}
