package dev.tidemark.model;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.io.JsonStringEncoder;

/**
 * Writes the value of a table's records: a change in the envelope of Debezium, without schema. The row's JSON goes through untouched and unparsed, which is
 * both what keeps values exact and what makes this cheap. Not safe for use by several threads.
 */
public final class EnvelopeWriter {

    private static final byte[] BEFORE = ascii("{\"before\":");
    private static final byte[] AFTER = ascii(",\"after\":");
    private static final byte[] NULL = ascii("null");
    private static final byte[] SNAPSHOT_TRUE = ascii("true");
    private static final byte[] SNAPSHOT_FALSE = ascii("false");
    private static final int MICROS_PER_MILLI = 1000;

    private final byte[] source;
    private final byte[] place;
    private final Utf8Buffer buffer = new Utf8Buffer();

    /**
     * @param version the producer's version
     * @param pipeline the pipeline's name
     * @param database the source database's name
     * @param table the table whose changes this writes
     */
    public EnvelopeWriter(String version, String pipeline, String database, TableId table) {
        source = utf8(",\"source\":{\"version\":" + json(version) + ",\"connector\":\"tidemark\",\"name\":"
                + json(pipeline) + ",\"snapshot\":\"");
        place = utf8("\",\"db\":" + json(database) + ",\"schema\":" + json(table.schema()) + ",\"table\":"
                + json(table.name()) + ",\"ts_ms\":");
    }

    /**
     * @param sequence the event's number
     * @param sentAtMillis the producer's time, in milliseconds since 1970
     * @return the envelope in UTF-8
     */
    public byte[] write(Change change, long sequence, long sentAtMillis) {
        boolean deleted = change.operation() == Operation.DELETE;
        buffer.clear();
        buffer.append(BEFORE).append(orNull(deleted ? change.data() : change.before()));
        buffer.append(AFTER).append(deleted ? NULL : orNull(change.data()));
        buffer.append(source).append(change.operation() == Operation.READ ? SNAPSHOT_TRUE : SNAPSHOT_FALSE);
        buffer.append(place).append(change.changedAtMicros() / MICROS_PER_MILLI);
        buffer.append(",\"ts_us\":").append(change.changedAtMicros());
        buffer.append(",\"txId\":").append(change.txId());
        buffer.append(",\"sequence\":").append(sequence);
        buffer.append(",\"changeId\":").append(change.changeId());
        if (change.omittedBytes() > 0) {
            buffer.append(",\"omittedBytes\":").append(change.omittedBytes());
        }
        buffer.append("},\"op\":\"").append(change.operation().code());
        buffer.append("\",\"ts_ms\":").append(sentAtMillis).append("}");
        return buffer.toByteArray();
    }

    private static byte[] orNull(byte @Nullable [] json) {
        return json == null ? NULL : json;
    }

    private static String json(String text) {
        return '"' + new String(JsonStringEncoder.getInstance().quoteAsCharArray(text)) + '"';
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
