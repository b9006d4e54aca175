package dev.tidemark.quickstart;

import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Invents employees: believable ones and, where wanted, values on which a pipeline may stumble. */
final class Employees {

    private static final List<String> FIRST_NAMES = List.of(
            "Ada", "Björn", "Chloé", "Diego", "Elena", "Farah", "George", "Hana", "Ivan", "Julia", "Kofi", "Zoë");
    private static final List<String> LAST_NAMES =
            List.of("Abe", "Bauer", "Costa", "Dubois", "Evans", "García", "Khan", "Müller", "O'Brien", "Sato", "Zhang");
    private static final List<String> CITIES = List.of(
            "Amsterdam", "Bogotá", "Cape Town", "Dublin", "Kraków", "Lagos", "Oslo", "Paris", "São Paulo", "Tokyo");

    /** Empty, blank, quotes, what other formats escape or take for null, beyond the BMP, and as long as the column allows. */
    private static final List<@Nullable String> ODD_TEXTS = Arrays.asList(
            null,
            "",
            " padded ",
            "O'Brien \"quoted\" back\\slash",
            "tab\tnewline\nreturn\r",
            "\u0001 \u001f \u007f",
            "null",
            "\\N",
            "{\"json\": [1, 2]}",
            "(composite,\"row\")",
            "日本語 😀 e\u0301",
            "ß".repeat(100));

    private static final List<@Nullable String> ODD_DATES =
            Arrays.asList(null, "infinity", "-infinity", "0044-03-15 BC", "0001-01-01", "5874897-12-31", "1582-10-10");
    private static final List<@Nullable Integer> ODD_SALARIES =
            Arrays.asList(null, 0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE);

    private static final int ONE_IN = 12;
    private static final long OLDEST = LocalDate.of(1960, 1, 1).toEpochDay();
    private static final int DAYS = 45 * 365;

    private final Random random;
    private final boolean odd;

    Employees(Random random, boolean odd) {
        this.random = random;
        this.odd = odd;
    }

    Employee next() {
        return new Employee(text(FIRST_NAMES), text(LAST_NAMES), dob(), city(), salary());
    }

    @Nullable
    String city() {
        return text(CITIES);
    }

    @Nullable
    Integer salary() {
        return odd() ? any(ODD_SALARIES) : Integer.valueOf(25_000 + random.nextInt(1_000) * 100);
    }

    private @Nullable String text(List<String> believable) {
        return odd() ? any(ODD_TEXTS) : any(believable);
    }

    private @Nullable String dob() {
        return odd()
                ? any(ODD_DATES)
                : LocalDate.ofEpochDay(OLDEST + random.nextInt(DAYS)).toString();
    }

    private boolean odd() {
        return odd && random.nextInt(ONE_IN) == 0;
    }

    private <T extends @Nullable Object> T any(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
