package dev.tidemark.consumer.rules;

import java.math.BigDecimal;
import java.util.function.BinaryOperator;
import java.util.function.DoubleBinaryOperator;

/**
 * A value of PostgreSQL's numeric, in its order: NaN equals NaN and is greater than infinity. 1.0 equals 1.00.
 *
 * @param special an infinity or NaN, or 0 for a number
 * @param number the number, or 0
 */
record Decimal(double special, BigDecimal number) implements Comparable<Decimal> {

    /** More digits than a numeric can have; decimal() of a text with a huge exponent would fill the memory. */
    private static final int MAX_DIGITS = 150_000;

    static Decimal parse(String text) {
        switch (text) {
            case "NaN", "Infinity", "-Infinity":
                return of(Double.parseDouble(text));
            default:
                try {
                    BigDecimal number = new BigDecimal(text);
                    if (Math.abs((long) number.scale()) > MAX_DIGITS) {
                        throw new IllegalArgumentException("'" + text + "' is out of the range of numeric");
                    }
                    return new Decimal(0, number);
                } catch (NumberFormatException e) {
                    throw new IllegalArgumentException("'" + text + "' is no decimal number", e);
                }
        }
    }

    /** The number that the double is written as, not the binary fraction that stands for it: 0.1 is 0.1. */
    static Decimal of(double value) {
        return Double.isFinite(value) ? new Decimal(0, BigDecimal.valueOf(value)) : new Decimal(value, BigDecimal.ZERO);
    }

    static Decimal of(Number value) {
        if (value instanceof Double || value instanceof Float) {
            return of(value.doubleValue());
        }
        return new Decimal(
                0, value instanceof Long ? BigDecimal.valueOf((Long) value) : new BigDecimal(value.toString()));
    }

    Decimal plus(Decimal other) {
        return combine(other, BigDecimal::add, Double::sum);
    }

    Decimal minus(Decimal other) {
        return combine(other, BigDecimal::subtract, (a, b) -> a - b);
    }

    Decimal times(Decimal other) {
        return combine(other, BigDecimal::multiply, (a, b) -> a * b);
    }

    /** Beside infinity or NaN, of a number only its sign matters. */
    private Decimal combine(Decimal other, BinaryOperator<BigDecimal> numbers, DoubleBinaryOperator specials) {
        return special == 0 && other.special == 0
                ? new Decimal(0, numbers.apply(number, other.number))
                : of(specials.applyAsDouble(sign(), other.sign()));
    }

    private double sign() {
        return special == 0 ? number.signum() : special;
    }

    @Override
    public int compareTo(Decimal other) {
        return special == 0 && other.special == 0
                ? number.compareTo(other.number)
                : Double.compare(special, other.special);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Decimal decimal && compareTo(decimal) == 0;
    }

    @Override
    public int hashCode() {
        return special == 0 ? number.stripTrailingZeros().hashCode() : Double.hashCode(special);
    }

    @Override
    public String toString() {
        return special == 0 ? number.toPlainString() : String.valueOf(special);
    }
}
