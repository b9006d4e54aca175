package dev.tidemark.producer.capture;

import dev.tidemark.model.TableId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * When to try again to put triggers on tables that were locked. While a try waits for the lock, the table's writers wait behind it, and the changes of all tables
 * too: so after each that was in vain the next one is twice as far away. Not safe for use by several threads.
 */
final class LockedTables {

    private static final Duration LONGEST = Duration.ofMinutes(5);

    private final Duration shortest;
    private final Clock clock;
    private final Map<TableId, Pause> pauses = new HashMap<>();

    LockedTables(Duration shortest, Clock clock) {
        this.shortest = shortest;
        this.clock = clock;
    }

    boolean isDue(TableId table) {
        Pause pause = pauses.get(table);
        return pause == null || !clock.instant().isBefore(pause.end());
    }

    /**
     * A try was in vain.
     *
     * @return when the next one is due
     */
    Instant putOff(TableId table) {
        Pause last = pauses.get(table);
        Duration length = last == null ? shortest : last.length().multipliedBy(2);
        if (length.compareTo(LONGEST) > 0) {
            length = LONGEST;
        }
        Pause next = new Pause(length, clock.instant().plus(length));
        pauses.put(table, next);
        return next.end();
    }

    void forget(TableId table) {
        pauses.remove(table);
    }

    void forgetExcept(Collection<TableId> tables) {
        pauses.keySet().retainAll(tables);
    }

    void forgetAll() {
        pauses.clear();
    }

    private record Pause(Duration length, Instant end) {}
}
