package dev.tidemark.consumer.database;

import java.sql.SQLException;
import java.util.Set;

/**
 * Whether an error of the destination passes without anybody doing anything about the letters, so that trying the same again is all there is to do:
 *
 * <table>
 *   <caption>SQLSTATE classes that are waited for</caption>
 *   <tr><th>08</th><td>connection lost or refused</td></tr>
 *   <tr><th>40</th><td>deadlock, serialization failure</td></tr>
 *   <tr><th>53</th><td>disk or memory full, too many connections</td></tr>
 *   <tr><th>55</th><td>a lock was not to be had in time</td></tr>
 *   <tr><th>57</th><td>shut down, starting up, or cancelled after a timeout</td></tr>
 *   <tr><th>25006</th><td>only readable, as a standby is until it is promoted</td></tr>
 * </table>
 */
public final class Outage {

    private static final Set<String> CLASSES = Set.of("08", "40", "53", "55", "57");
    private static final String READ_ONLY = "25006";

    private Outage() {}

    public static boolean is(Throwable error) {
        if (DatabaseErrors.isWithoutConnection(error)) {
            return true;
        }
        SQLException database = DatabaseErrors.coded(error);
        String state = database == null ? "" : database.getSQLState();
        return state.equals(READ_ONLY) || CLASSES.stream().anyMatch(state::startsWith);
    }
}
