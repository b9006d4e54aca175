package dev.tidemark.consumer.admin;

import dev.tidemark.consumer.admin.LetterDetail.Difference;
import dev.tidemark.consumer.apply.EnvironmentException;
import dev.tidemark.consumer.apply.ErrorKind;
import dev.tidemark.consumer.apply.Problem;
import dev.tidemark.consumer.apply.RowReader;
import dev.tidemark.consumer.deadletter.DeadLetter;
import dev.tidemark.consumer.deadletter.DeadLetterRecord;
import dev.tidemark.model.RowKey;
import dev.tidemark.model.UndecodableException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Lays a letter beside the destination's row. */
final class LetterInspector {

    private final RowReader rows;

    LetterInspector(RowReader rows) {
        this.rows = rows;
    }

    /** The destination's row, or why there is none. */
    private record Present(@Nullable RawJson row, @Nullable String note) {}

    LetterDetail inspect(DeadLetterRecord record) throws SQLException {
        DeadLetter letter = record.letter();
        RawJson event = json(record.value());
        Present present = present(letter);
        return new LetterDetail(
                LetterView.of(letter),
                event,
                event == null ? base64(record.value()) : null,
                json(record.key()) == null ? base64(record.key()) : null,
                present.row(),
                present.note(),
                event == null || letter.table() == null ? null : diff(letter, event, present.row()));
    }

    private Present present(DeadLetter letter) throws SQLException {
        if (letter.table() == null || letter.key() == null) {
            return new Present(null, "it is not known which row this is about");
        }
        try {
            String row = rows.read(letter.table(), new RowKey(letter.key()));
            return row == null
                    ? new Present(null, "the destination has no row with this key")
                    : new Present(new RawJson(row), null);
        } catch (EnvironmentException | UndecodableException e) {
            return new Present(null, e.getMessage());
        } catch (SQLException e) {
            if (ErrorKind.of(e) == ErrorKind.ENVIRONMENT) {
                throw e;
            }
            return new Present(
                    null, "the key does not fit the table: " + Problem.of(e).message());
        }
    }

    /** @return null if the event does not tell what the row is to be */
    private static @Nullable Map<String, Difference> diff(DeadLetter letter, RawJson event, @Nullable RawJson present) {
        Map<String, RawJson> there = present == null ? Map.of() : present.members();
        Map<String, Difference> diff = new LinkedHashMap<>();
        if ("d".equals(letter.operation())) {
            there.forEach((column, value) -> diff.put(column, new Difference(null, value)));
            return diff;
        }
        RawJson after = event.members().get("after");
        if (after == null || after.isNull()) {
            return null;
        }
        after.members().forEach((column, wanted) -> {
            RawJson value = there.get(column);
            if (value == null || !wanted.isSameValue(value)) {
                diff.put(column, new Difference(wanted, value));
            }
        });
        return diff;
    }

    private static @Nullable RawJson json(byte @Nullable [] bytes) {
        if (bytes == null) {
            return null;
        }
        try {
            return RawJson.parse(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException | IllegalArgumentException e) {
            return null;
        }
    }

    private static @Nullable String base64(byte @Nullable [] bytes) {
        return bytes == null ? null : Base64.getEncoder().encodeToString(bytes);
    }
}
