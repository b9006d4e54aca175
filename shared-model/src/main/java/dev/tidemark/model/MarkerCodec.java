package dev.tidemark.model;

import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Writes and reads {@linkplain Marker markers}. */
public final class MarkerCodec {

    private static final byte[] KEY = "{\"$marker\":\"chunk\"}".getBytes(StandardCharsets.UTF_8);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private MarkerCodec() {}

    /** The key of a marker's record. */
    public static byte[] key() {
        return KEY.clone();
    }

    /** The content of a marker's header. */
    public static byte[] write(Marker marker) {
        return JSON.writerFor(Marker.class).writeValueAsBytes(marker);
    }

    /** @throws UndecodableException if the header's content is no marker */
    public static Marker read(byte[] header) {
        try {
            return JSON.readValue(header, Marker.class);
        } catch (JacksonException e) {
            throw new UndecodableException(
                    "the header " + Marker.HEADER + " holds no marker: " + e.getOriginalMessage(), e);
        }
    }
}
