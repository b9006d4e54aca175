package dev.tidemark.run;

import org.jspecify.annotations.Nullable;

/**
 * How far a run has come.
 *
 * @param done whether all is worked off
 * @param mark differs from the one before whenever the run has got on
 * @param obstacle what is in the way, or null
 * @param hopeless whether waiting would not help
 */
public record Progress(boolean done, Object mark, @Nullable String obstacle, boolean hopeless) {

    public static Progress finished() {
        return new Progress(true, "", null, false);
    }

    public static Progress working(Object mark) {
        return new Progress(false, mark, null, false);
    }

    /** Something is in the way that may go away by itself. */
    public static Progress held(Object mark, String obstacle) {
        return new Progress(false, mark, obstacle, false);
    }

    /** Somebody has to do something first. */
    public static Progress hopeless(String obstacle) {
        return new Progress(false, "", obstacle, true);
    }
}
