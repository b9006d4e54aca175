package dev.tidemark.model;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads change events from a table's topic, in one pass over the bytes. Not safe for use by several threads; one reader for each topic reuses the shape of
 * the rows best.
 */
public final class EventReader {

    private final JsonRows rows = new JsonRows();
    private final JsonRows keys = new JsonRows();
    private TableId lastTable = new TableId("", "");

    /**
     * @param key the record's key, or null for a truncate
     * @param value the record's value
     * @throws UndecodableException if this is no change event
     */
    public ChangeEvent read(byte @Nullable [] key, byte[] value) {
        try (JsonParser json = UnlimitedJson.FACTORY.createParser(value)) {
            return new Reading(json).event(key == null ? null : new RowKey(new String(key, StandardCharsets.UTF_8)));
        } catch (JacksonException e) {
            throw new UndecodableException("the value is no JSON: " + e.getOriginalMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new UndecodableException("the value is no change event: " + e.getMessage(), e);
        }
    }

    /**
     * The columns of a key.
     *
     * @throws UndecodableException if the key is not a JSON object of scalars
     */
    public Row columns(RowKey key) {
        try (JsonParser json = UnlimitedJson.FACTORY.createParser(key.json())) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new UndecodableException("the key is no JSON object", null);
            }
            return keys.read(json);
        } catch (JacksonException e) {
            throw new UndecodableException("the key is no JSON: " + e.getOriginalMessage(), e);
        }
    }

    /**
     * A row by itself, written as in an event.
     *
     * @throws UndecodableException if this is no JSON object
     */
    public Row row(String row) {
        try (JsonParser json = UnlimitedJson.FACTORY.createParser(row)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new UndecodableException("the row is no JSON object", null);
            }
            return rows.read(json);
        } catch (JacksonException e) {
            throw new UndecodableException("the row is no JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** One pass over one envelope. */
    private final class Reading {
        private final JsonParser json;
        private @Nullable Row before;
        private @Nullable Row after;
        private @Nullable Operation operation;
        private String schema = "";
        private String table = "";
        private long sequence = -1;
        private long transactionId;
        private long changedAtMicros;
        private long omittedBytes;

        Reading(JsonParser json) {
            this.json = json;
        }

        ChangeEvent event(@Nullable RowKey key) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new UndecodableException("the value is no JSON object", null);
            }
            for (String name = json.nextName(); name != null; name = json.nextName()) {
                JsonToken token = json.nextToken();
                switch (name) {
                    case "before" -> before = row(token);
                    case "after" -> after = row(token);
                    case "source" -> source(token);
                    case "op" -> operation = Operation.of(json.getString());
                    default -> json.skipChildren();
                }
            }
            return checked(key);
        }

        private ChangeEvent checked(@Nullable RowKey key) {
            if (operation == null || sequence < 0 || table.isEmpty()) {
                throw new UndecodableException(
                        "the value is no change event: it needs op, source.schema, source.table and source.sequence",
                        null);
            }
            if (key == null && operation != Operation.TRUNCATE) {
                throw new UndecodableException("a change of a row needs a key", null);
            }
            Row row = operation == Operation.DELETE ? before : after;
            boolean rowNeeded = operation != Operation.DELETE && operation != Operation.TRUNCATE && omittedBytes == 0;
            if (row == null && rowNeeded) {
                throw new UndecodableException(
                        "a change with op " + operation.code() + " needs the row in after", null);
            }
            return new ChangeEvent(
                    operation, tableId(), key, row, sequence, transactionId, changedAtMicros, omittedBytes);
        }

        private TableId tableId() {
            if (!lastTable.name().equals(table) || !lastTable.schema().equals(schema)) {
                lastTable = new TableId(schema, table);
            }
            return lastTable;
        }

        private @Nullable Row row(@Nullable JsonToken token) {
            if (token == JsonToken.VALUE_NULL) {
                return null;
            }
            if (token != JsonToken.START_OBJECT) {
                throw new UndecodableException("a row is no JSON object", null);
            }
            return rows.read(json);
        }

        private void source(@Nullable JsonToken token) {
            if (token != JsonToken.START_OBJECT) {
                throw new UndecodableException("source is no JSON object", null);
            }
            for (String name = json.nextName(); name != null; name = json.nextName()) {
                json.nextToken();
                switch (name) {
                    case "schema" -> schema = json.getString();
                    case "table" -> table = json.getString();
                    case "sequence" -> sequence = json.getLongValue();
                    case "txId" -> transactionId = json.getLongValue();
                    case "ts_us" -> changedAtMicros = json.getLongValue();
                    case "omittedBytes" -> omittedBytes = json.getLongValue();
                    default -> json.skipChildren();
                }
            }
        }
    }
}
