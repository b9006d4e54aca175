package dev.tidemark.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RandomChangesTest {

    private static final int[] SHARED = {1, 2, 3};
    private static final int OWN = 50;

    @Test
    void sameSeedMakesSameStatements() throws SQLException {
        assertThat(run(7, 2_000).statements()).isEqualTo(run(7, 2_000).statements());
    }

    @Test
    void otherSeedMakesOtherStatements() throws SQLException {
        assertThat(run(7, 200).statements()).isNotEqualTo(run(8, 200).statements());
    }

    @Test
    void makesAllKindsOfStatements() throws SQLException {
        Set<String> kinds = new HashSet<>();
        run(7, 2_000).statements().forEach(statement -> kinds.add(statement.split(" ")[0]));
        assertThat(kinds)
                .containsExactlyInAnyOrder(
                        "insert",
                        "insert-key",
                        "update",
                        "delete",
                        "new-key",
                        "change-key",
                        "savepoint",
                        "rollback-to",
                        "release",
                        "commit",
                        "rollback");
    }

    @Test
    void touchesOnlyRowsThatAreThere() throws SQLException {
        for (long seed = 0; seed < 20; seed++) {
            assertThat(run(seed, 1_000).misses()).isEmpty();
        }
    }

    @Test
    void beginsWithAnEmptyTable() throws SQLException {
        FakeTable table = new FakeTable();
        run(new RandomChanges(1, Mix.SMALL, new Keys(), new int[0], table), 100);
        assertThat(table.misses()).isEmpty();
        assertThat(table.committedChanges()).isEqualTo(100);
    }

    private static FakeTable run(long seed, int changes) throws SQLException {
        FakeTable table = new FakeTable();
        Keys keys = new Keys();
        for (int key = 1; key <= SHARED.length + OWN; key++) {
            table.load(key);
            if (key > SHARED.length) {
                keys.use(key);
            }
        }
        run(new RandomChanges(seed, Mix.ROUGH, keys, SHARED, table), changes);
        assertThat(table.committedChanges()).isEqualTo(changes);
        return table;
    }

    private static void run(RandomChanges random, int changes) throws SQLException {
        for (int left = changes; left > 0; ) {
            left -= random.transaction(left);
        }
    }
}
