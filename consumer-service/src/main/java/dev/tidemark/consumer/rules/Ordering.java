package dev.tidemark.consumer.rules;

import dev.cel.common.values.CelByteString;
import dev.cel.common.values.NullValue;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Objects;

/** How values compare: numbers by their exact value whatever their kind, and as in PostgreSQL where CEL has no order or another one. */
final class Ordering {

    private Ordering() {}

    static boolean equal(Object left, Object right) {
        return isNumber(left) && isNumber(right) ? compareNumbers(left, right) == 0 : Objects.equals(left, right);
    }

    /** @throws IllegalArgumentException if the values have no order */
    static int compare(Object left, Object right) {
        if (left instanceof Long a && right instanceof Long b) {
            return Long.compare(a, b);
        }
        if (isNumber(left) && isNumber(right)) {
            return compareNumbers(left, right);
        }
        if (left == NullValue.NULL_VALUE || right == NullValue.NULL_VALUE) {
            throw new IllegalArgumentException("NULL is neither less nor greater than anything");
        }
        if (left.getClass() == right.getClass()) {
            return compareSame(left, right);
        }
        throw unordered(left, right);
    }

    private static int compareSame(Object left, Object right) {
        if (left instanceof String a) {
            return a.compareTo((String) right);
        }
        if (left instanceof LocalDate a) {
            return a.compareTo((LocalDate) right);
        }
        if (left instanceof Instant a) {
            return a.compareTo((Instant) right);
        }
        if (left instanceof Boolean a) {
            return a.compareTo((Boolean) right);
        }
        if (left instanceof Duration a) {
            return a.compareTo((Duration) right);
        }
        if (left instanceof CelByteString a) {
            return CelByteString.unsignedLexicographicalComparator().compare(a, (CelByteString) right);
        }
        throw unordered(left, right);
    }

    private static int compareNumbers(Object left, Object right) {
        if (left instanceof Double a && right instanceof Double b) {
            return a.doubleValue() == b.doubleValue() ? 0 : Double.compare(a, b);
        }
        return decimal(left).compareTo(decimal(right));
    }

    private static boolean isNumber(Object value) {
        return value instanceof Number || value instanceof Decimal;
    }

    private static Decimal decimal(Object value) {
        return value instanceof Decimal decimal ? decimal : Decimal.of((Number) value);
    }

    private static IllegalArgumentException unordered(Object left, Object right) {
        return new IllegalArgumentException("%s cannot be compared with %s"
                .formatted(left.getClass().getSimpleName(), right.getClass().getSimpleName()));
    }
}
