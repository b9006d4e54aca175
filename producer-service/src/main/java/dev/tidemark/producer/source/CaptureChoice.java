package dev.tidemark.producer.source;

import org.jspecify.annotations.Nullable;

/**
 * What of a table is to be captured.
 *
 * @param keyIndex the unique index that is to be its key; null for the one that was chosen before, or else the primary key
 * @param options the columns and rows, as cdc.choose has them; null for those that were chosen before, or else all
 */
public record CaptureChoice(
        @Nullable String keyIndex, @Nullable String options) {

    /** What was chosen before. */
    public static final CaptureChoice UNCHANGED = new CaptureChoice(null, null);

    /** The same, but for what was asked later, if anything was. */
    public CaptureChoice withOptions(@Nullable String asked) {
        return asked == null ? this : new CaptureChoice(keyIndex, asked);
    }
}
