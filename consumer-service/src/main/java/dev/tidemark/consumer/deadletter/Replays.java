package dev.tidemark.consumer.deadletter;

import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tries dead letters again, the way their events came. */
public interface Replays {

    /**
     * Tries letters in the order of their events, all in one transaction. Each has a result of its own: those that are refused once more do not keep others
     * from being applied. A letter that was replayed before is left alone.
     *
     * @param forced whether to apply also what a later event has superseded
     * @param who recorded with what is applied
     * @return a result for each id, in the order of the ids
     * @throws SQLException if the destination is away, or anything else keeps all letters from being tried
     */
    List<Replay> replay(List<Long> ids, boolean forced, String who) throws SQLException;

    /**
     * Tries a letter with another row in place of the event's.
     *
     * @param row the whole row as a JSON object of the event's columns, values written as in the event
     * @throws IllegalArgumentException if the row cannot stand for the event's
     */
    Replay replayEdited(long id, String row, boolean forced, String who) throws SQLException;

    /** What a replay of a letter has come to. */
    enum Result {
        /** It is applied. */
        REPLAYED,
        /** It was applied before, or discarded; nothing was done. */
        CLOSED,
        /** A later event of the row was applied, so that this one was not. */
        SUPERSEDED,
        /** It was refused again. */
        REFUSED,
        /** There is no such letter. */
        MISSING
    }

    /** @param refusal why it was refused again */
    record Replay(long id, Result result, @Nullable Refusal refusal) {}
}
