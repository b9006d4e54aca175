package dev.tidemark.consumer.rules;

import dev.cel.common.types.CelType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.values.CelByteString;
import java.util.HexFormat;
import java.util.function.Function;
import java.util.regex.Pattern;

/** What the values of a column are to a rule. Types that are not listed are text, as PostgreSQL writes it. */
enum ColumnType {
    INTEGER(SimpleType.INT, Long::valueOf),
    NUMERIC(OpaqueType.create("decimal"), Decimal::parse),
    FLOAT(SimpleType.DOUBLE, Double::valueOf),
    BOOLEAN(SimpleType.BOOL, "true"::equals),
    DATE(OpaqueType.create("date"), Times::date),
    TIMESTAMP(SimpleType.TIMESTAMP, Times::instant),
    BYTES(SimpleType.BYTES, ColumnType::bytes),
    TEXT(SimpleType.STRING, text -> text);

    static final CelType DECIMAL = NUMERIC.type;

    private static final Pattern MODIFIER = Pattern.compile("\\([^)]*\\)");

    private final CelType type;
    private final Function<String, Object> reader;

    ColumnType(CelType type, Function<String, Object> reader) {
        this.type = type;
        this.reader = reader;
    }

    /** @param name as PostgreSQL's format_type gives it, with or without a length or precision */
    static ColumnType of(String name) {
        return switch (MODIFIER.matcher(name).replaceAll("")) {
            case "smallint", "integer", "bigint", "oid" -> INTEGER;
            case "numeric" -> NUMERIC;
            case "real", "double precision" -> FLOAT;
            case "boolean" -> BOOLEAN;
            case "date" -> DATE;
            case "timestamp with time zone", "timestamp without time zone" -> TIMESTAMP;
            case "bytea" -> BYTES;
            default -> TEXT;
        };
    }

    CelType type() {
        return type;
    }

    /** @throws RuntimeException if this is no text of a value of the type */
    Object value(String text) {
        return reader.apply(text);
    }

    private static Object bytes(String text) {
        return CelByteString.of(HexFormat.of().parseHex(text, 2, text.length()));
    }
}
