package dev.tidemark.producer.admin;

import dev.tidemark.model.TableId;
import dev.tidemark.producer.capture.PollStatus;
import dev.tidemark.web.HttpRefusal;
import java.nio.charset.StandardCharsets;
import org.springframework.http.HttpStatus;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.util.UriUtils;

/** The answers that say why something was not done, as RFC 9457 has them. */
final class Refusals {

    private Refusals() {}

    static ErrorResponseException unknown(TableId table) {
        return HttpRefusal.of(
                HttpStatus.NOT_FOUND,
                "The table " + table
                        + " is not captured, and cdc.tables does not name it: GET /admin/tables has those that are");
    }

    static ErrorResponseException notCaptured(TableId table) {
        return HttpRefusal.of(HttpStatus.CONFLICT, "The table " + table + " is not captured: first PUT " + path(table));
    }

    static ErrorResponseException beingCopied(TableId table) {
        return HttpRefusal.of(
                HttpStatus.CONFLICT,
                "The table " + table
                        + " is being copied, or is about to be: wait until GET /admin/snapshots has its snapshot complete, or cancel that by DELETE /admin/snapshots/"
                        + encoded(table));
    }

    static ErrorResponseException incomplete(TableId table) {
        return HttpRefusal.of(
                HttpStatus.CONFLICT,
                "Changes of the table " + table
                        + " are missing, and nobody knows of which rows: copy all of it, without after and upTo");
    }

    static ErrorResponseException neverCopied(TableId table) {
        return HttpRefusal.of(
                HttpStatus.CONFLICT,
                "The table " + table
                        + " has not been copied as a whole, as far as this producer knows, and without that it would stay incomplete: if it is to be left, DELETE "
                        + path(table));
    }

    /** @throws ErrorResponseException if another producer is the active one */
    static void refuseOnStandby(PollStatus status) {
        if (status.state() == PollStatus.State.STANDBY) {
            throw HttpRefusal.of(
                    HttpStatus.SERVICE_UNAVAILABLE,
                    "This producer stands by while another one is active: ask that one; SELECT instance, started_at FROM cdc.producer at the source tells which it is");
        }
    }

    /** What follows {@code PUT} or {@code DELETE}. */
    static String path(TableId table) {
        return "/admin/tables/" + encoded(table);
    }

    private static String encoded(TableId table) {
        return UriUtils.encode(table.toString(), StandardCharsets.UTF_8);
    }
}
