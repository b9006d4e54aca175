package dev.tidemark.consumer.apply;

import static java.util.stream.Collectors.joining;

import dev.tidemark.consumer.database.DatabaseErrors;
import dev.tidemark.consumer.deadletter.CauseClass;
import dev.tidemark.consumer.deadletter.Refusal;
import dev.tidemark.model.ChangeEvent;
import dev.tidemark.model.TableId;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Says in words why the destination refuses a row: with the constraint, or with the columns whose values do not fit. */
final class RefusalText {

    private RefusalText() {}

    static Refusal of(Exception error, SinkTable table, ChangeEvent event) {
        SQLException database = DatabaseErrors.coded(error);
        String state = database == null ? null : database.getSQLState();
        ServerErrorMessage server = database instanceof PSQLException psql ? psql.getServerErrorMessage() : null;
        if (server == null || state == null) {
            // Not of the database: the key is none.
            return Refusal.undecodable(error.getMessage());
        }
        return switch (state.substring(0, 2)) {
            case "23", "44" -> constraint(state, server);
            case "P0" ->
                new Refusal(CauseClass.CONSTRAINT, "raised by " + raiser(server), null, state, message(server));
            default -> value(state, server, table, event);
        };
    }

    private static Refusal constraint(String state, ServerErrorMessage server) {
        String cause = switch (state) {
            case "23502" -> "not null: column " + quoted(server.getColumn());
            case "23503" -> "foreign key " + quoted(server.getConstraint());
            case "23505" -> "unique " + quoted(server.getConstraint());
            case "23514" -> "check " + quoted(server.getConstraint());
            case "23P01" -> "exclusion " + quoted(server.getConstraint());
            default -> "constraint " + quoted(server.getConstraint());
        };
        return new Refusal(CauseClass.CONSTRAINT, cause, null, state, message(server));
    }

    private static String quoted(@Nullable String name) {
        return name == null ? "unknown" : TableId.quote(name);
    }

    /** The function that has raised the error: the first one of the context. */
    private static String raiser(ServerErrorMessage server) {
        String where = server.getWhere();
        if (where == null) {
            return "the destination";
        }
        String first = where.lines().findFirst().orElse(where);
        int end = first.indexOf(')');
        return end < 0 ? first : first.substring(0, end + 1);
    }

    private static Refusal value(String state, ServerErrorMessage server, SinkTable table, ChangeEvent event) {
        String said = String.valueOf(server.getMessage());
        if (said.contains(SinkColumn.ROUNDED)) {
            // It is ours, in the clothes of a number that cannot be read.
            String own = said.substring(said.indexOf(SinkColumn.ROUNDED_VALUE)).replaceAll("\"$", "");
            return new Refusal(CauseClass.VALUE, own, null, state, own);
        }
        List<SinkColumn> columns = Misfits.of(table, event, state, said);
        if (columns.isEmpty()) {
            return new Refusal(CauseClass.VALUE, "a value", null, state, message(server));
        }
        String where = columns.stream()
                .map(column -> column.sql() + " " + column.declared())
                .collect(joining(", "));
        return new Refusal(
                CauseClass.VALUE, "column " + where, null, state, "Column " + where + ": " + message(server));
    }

    private static String message(ServerErrorMessage server) {
        String detail = server.getDetail();
        return detail == null ? String.valueOf(server.getMessage()) : server.getMessage() + ". " + detail;
    }
}
