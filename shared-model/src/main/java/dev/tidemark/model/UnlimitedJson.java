package dev.tidemark.model;

import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/** Reads JSON with numbers and texts of any length, as PostgreSQL writes them; how much there may be of it is limited by the size of messages. */
public final class UnlimitedJson {

    public static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private UnlimitedJson() {}
}
