package dev.tidemark.model;

import java.sql.SQLTransientConnectionException;

/** An error in words for whoever has to mend what it is about. */
public final class ErrorText {

    private ErrorText() {}

    /**
     * The messages of the error and of its causes, each said once. What a pool of connections says is left out where there is a cause: it tells only that there is
     * none, and after how many milliseconds.
     */
    public static String of(Throwable error) {
        StringBuilder text = new StringBuilder();
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            boolean telling = !(cause instanceof SQLTransientConnectionException) || cause.getCause() == null;
            String message =
                    cause.getMessage() == null ? "" : cause.getMessage().strip();
            if (telling && text.indexOf(message) < 0) {
                text.append(text.isEmpty() ? "" : ": ").append(message);
            }
        }
        return text.isEmpty() ? error.getClass().getName() : text.toString();
    }
}
