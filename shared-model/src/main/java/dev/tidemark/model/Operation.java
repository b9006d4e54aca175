package dev.tidemark.model;

/** What an event says of a row or table; the codes are Debezium's. */
public enum Operation {
    CREATE('c'),
    UPDATE('u'),
    DELETE('d'),
    READ('r'),
    TRUNCATE('t');

    private final char code;

    Operation(char code) {
        this.code = code;
    }

    /** The letter that stands in the envelope's {@code op}. */
    public char code() {
        return code;
    }

    /** @throws IllegalArgumentException if no operation has this code */
    public static Operation of(String code) {
        for (Operation operation : values()) {
            if (code.length() == 1 && operation.code == code.charAt(0)) {
                return operation;
            }
        }
        throw new IllegalArgumentException("'" + code + "' is no operation: expected one of c, u, d, r, t");
    }
}
