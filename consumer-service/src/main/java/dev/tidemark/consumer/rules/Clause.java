package dev.tidemark.consumer.rules;

/**
 * An expression as it stands in a file.
 *
 * @param attribute what it is for: {@code when} or {@code require}
 * @param place where it begins
 * @param verbatim whether the file has the text character by character from there on, so that a place in the text is one in the file
 */
record Clause(String attribute, String text, Place place, boolean verbatim) {

    /** The place in the file of a place in the expression, as near as it is known. */
    Place at(int line, int column) {
        return verbatim && line == 1 ? new Place(place.file(), place.line(), place.column() + column - 1) : place;
    }
}
