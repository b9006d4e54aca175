package dev.tidemark.consumer.apply;

import dev.tidemark.consumer.database.DatabaseErrors;
import dev.tidemark.model.UndecodableException;
import java.sql.SQLException;
import java.util.Set;

/**
 * Whose fault an error is. This is the one place that decides it, by exception and by SQLSTATE:
 *
 * <table>
 *   <caption>SQLSTATE classes that are the row's fault; all others, known or not, are the environment's</caption>
 *   <tr><th>21</th><td>cardinality violation</td></tr>
 *   <tr><th>22</th><td>data exception: not in the type's range or syntax, too long, not in the encoding</td></tr>
 *   <tr><th>23</th><td>integrity constraint violation</td></tr>
 *   <tr><th>44</th><td>WITH CHECK OPTION violation</td></tr>
 *   <tr><th>54</th><td>program limit exceeded: a value that no index takes, nested too deeply</td></tr>
 *   <tr><th>P0</th><td>raised by a trigger of the destination</td></tr>
 * </table>
 */
public enum ErrorKind {
    /** The destination refuses this row; another one might pass. */
    DATA,
    /** No row passes, or none of this table: something has to come back or be put right, and then all rows pass. */
    ENVIRONMENT,
    /** The destination refuses so many rows that the fault is hardly theirs. No single error is of this kind. */
    REFUSALS;

    private static final Set<String> DATA_CLASSES = Set.of("21", "22", "23", "44", "54", "P0");

    /** Whose fault the error is; a bug of ours counts as the environment's, since no row should be given up for it. */
    public static ErrorKind of(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof UndecodableException) {
                return DATA;
            }
        }
        SQLException database = DatabaseErrors.coded(error);
        return database != null && DATA_CLASSES.contains(classOf(database)) ? DATA : ENVIRONMENT;
    }

    /** Whether the destination could not be reached, so that another statement has no better chance now. */
    static boolean isDisconnection(Throwable error) {
        SQLException database = DatabaseErrors.coded(error);
        String state = database == null ? "" : database.getSQLState();
        return DatabaseErrors.isWithoutConnection(error) || state.startsWith("08") || state.startsWith("57P");
    }

    private static String classOf(SQLException error) {
        return error.getSQLState().substring(0, Math.min(2, error.getSQLState().length()));
    }
}
