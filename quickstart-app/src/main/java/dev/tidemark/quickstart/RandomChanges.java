package dev.tidemark.quickstart;

import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Random transactions on {@code public.employees}: inserts, updates, deletes, key changes, statements of many rows, savepoints and
 * rollbacks. The seed decides all of it; only the keys of new rows are the database's choice.
 *
 * <p>Several connections do not get into each other's way: each has keys of its own. They meet at the shared rows only, and these a
 * transaction touches last and one at a time, so that they wait for each other but never in a circle.
 */
final class RandomChanges implements Changes {

    private static final int ONE_IN_ROLLED_BACK = 10;
    private static final int ONE_IN_NESTED = 8;
    private static final int ONE_IN_SHARED = 12;
    private static final int ONE_IN_LARGE = 40;

    private final Random random;
    private final Mix mix;
    private final int[] shared;
    private final EmployeeWriter writer;
    private final Employees employees;
    private Keys keys;

    /** @param shared keys of rows that other connections change too; may be empty */
    RandomChanges(long seed, Mix mix, Keys keys, int[] shared, EmployeeWriter writer) {
        this.random = new Random(seed);
        this.mix = mix;
        this.keys = keys;
        this.shared = shared;
        this.writer = writer;
        this.employees = new Employees(random, mix.odd());
    }

    @Override
    public int transaction(int most) throws SQLException {
        if (!chance(ONE_IN_ROLLED_BACK)) {
            int done = changesAndShared(most);
            writer.commit();
            return done;
        }
        Keys before = keys.copy();
        changesAndShared(most);
        writer.rollback();
        keys = before;
        return 0;
    }

    private int changesAndShared(int most) throws SQLException {
        int size = random.nextBoolean() ? 1 : 1 + random.nextInt(mix.transaction());
        int done = changes(Math.min(most, size), most);
        if (done < most && shared.length > 0 && chance(ONE_IN_SHARED)) {
            done += update(new int[] {shared[random.nextInt(shared.length)]});
        }
        return done;
    }

    /** At least {@code least} and at most {@code most} rows that stay changed, unless somebody else removed them. */
    private int changes(int least, int most) throws SQLException {
        int done = 0;
        while (done < least) {
            done += chance(ONE_IN_NESTED) ? nested(most - done) : change(most - done);
        }
        return done;
    }

    private int nested(int most) throws SQLException {
        writer.savepoint();
        if (random.nextBoolean()) {
            int done = change(most);
            writer.releaseSavepoint();
            return done;
        }
        Keys before = keys.copy();
        change(most);
        change(most);
        writer.rollbackToSavepoint();
        keys = before;
        return 0;
    }

    private int change(int most) throws SQLException {
        int dice = random.nextInt(100);
        if (keys.used() == 0 || dice < 30) {
            return insert(most);
        }
        if (dice < 62) {
            return update(keys.pick(Math.min(rows(most), keys.used()), random));
        }
        if (dice < 85) {
            return writer.delete(keys.release(Math.min(rows(most), keys.used()), random));
        }
        return changeKey();
    }

    private int insert(int most) throws SQLException {
        if (keys.free() > 0 && chance(3)) {
            writer.insert(keys.reuse(random), employees.next());
            return 1;
        }
        List<Employee> fresh =
                Stream.generate(employees::next).limit(rows(most)).toList();
        for (int key : writer.insert(fresh)) {
            keys.use(key);
        }
        return fresh.size();
    }

    private int update(int[] some) throws SQLException {
        return writer.update(some, employees.city(), employees.salary());
    }

    private int changeKey() throws SQLException {
        boolean reused = keys.free() > 0 && random.nextBoolean();
        int key = keys.release(1, random)[0];
        if (reused) {
            int other = keys.reuse(random);
            if (other != key) {
                writer.changeKey(key, other);
                return 1;
            }
            return update(new int[] {key});
        }
        keys.use(writer.changeKey(key));
        return 1;
    }

    private int rows(int most) {
        return Math.min(most, chance(ONE_IN_LARGE) ? 1 + random.nextInt(mix.statement()) : 1);
    }

    private boolean chance(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }
}
