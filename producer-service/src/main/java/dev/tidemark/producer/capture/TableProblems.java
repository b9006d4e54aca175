package dev.tidemark.producer.capture;

import dev.tidemark.model.TableId;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is wrong with single tables, while the others go on. */
final class TableProblems {

    private static final Logger LOG = LoggerFactory.getLogger(TableProblems.class);

    private final CaptureListener listener;
    private final Set<TableId> tables = new HashSet<>();
    private final Map<TableId, String> logged = new HashMap<>();

    TableProblems(CaptureListener listener) {
        this.listener = listener;
    }

    boolean has(TableId table) {
        return tables.contains(table);
    }

    Set<TableId> all() {
        return Set.copyOf(tables);
    }

    /** Logged when it is new. */
    void report(TableId table, String reason) {
        tables.add(table);
        if (!reason.equals(logged.put(table, reason))) {
            LOG.warn("{}", reason);
        }
        listener.tableProblem(table, reason);
    }

    void solved(TableId table) {
        tables.remove(table);
        listener.tableProblem(table, null);
    }

    /** What has been renamed, or is not asked for any more, has no problem either. */
    void forgetExcept(Collection<TableId> present) {
        for (TableId table : List.copyOf(tables)) {
            if (!present.contains(table)) {
                solved(table);
            }
        }
    }

    /** Whether the error lies in the statement, for example a missing right, rather than in the connection or the server. */
    static boolean isOfOneTable(SQLException e) {
        String state = Objects.requireNonNullElse(e.getSQLState(), "08000");
        return state.startsWith("42")
                || isOfValues(state)
                || state.startsWith("3F")
                || state.startsWith("0A")
                || state.startsWith("54")
                || state.startsWith("XX")
                || state.startsWith("TM")
                || state.equals("55P03");
    }

    /** What the error says; where it comes from values of a row, only that: they may be among those that are not captured. */
    static String text(SQLException e) {
        String state = Objects.requireNonNullElse(e.getSQLState(), "");
        return isOfValues(state)
                ? "the condition for its rows, or a generated column, fails for a row (SQLSTATE " + state + ")"
                : String.valueOf(e.getMessage());
    }

    /** Also what a function or a domain's constraint says of them. */
    private static boolean isOfValues(String state) {
        return state.startsWith("22") || state.startsWith("23") || state.startsWith("P0");
    }
}
