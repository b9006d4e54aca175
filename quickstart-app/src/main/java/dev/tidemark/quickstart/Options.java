package dev.tidemark.quickstart;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What the command line asks for.
 *
 * @param check to compare and end, rather than to show
 * @param rows that the tables have before the first change
 * @param changes committed ones, for a check
 * @param seed of all random choices
 */
record Options(boolean help, boolean check, int rows, int changes, long seed) {

    private static final int UNSET = -1;
    private static final int SHOWN_ROWS = 1_000;
    private static final int CHECKED_ROWS = 10_000;
    private static final int CHECKED_CHANGES = 10_000;

    /** Without {@code --seed} it differs from run to run. */
    static Options parse(String... arguments) {
        Options parsed = new Options(
                false, false, UNSET, UNSET, ThreadLocalRandom.current().nextInt(1_000_000));
        Iterator<String> rest = split(arguments).iterator();
        while (rest.hasNext()) {
            parsed = parsed.with(rest.next(), rest);
        }
        return parsed.complete();
    }

    /** {@code --rows=5} is {@code --rows 5}. */
    private static List<String> split(String... arguments) {
        return Arrays.stream(arguments)
                .flatMap(argument ->
                        Arrays.stream(argument.startsWith("--") ? argument.split("=", 2) : new String[] {argument}))
                .toList();
    }

    private Options with(String option, Iterator<String> rest) {
        return switch (option) {
            case "--help", "-h" -> new Options(true, check, rows, changes, seed);
            case "--check" -> new Options(help, true, rows, changes, seed);
            case "--rows" -> new Options(help, check, number(option, rest, 0, Integer.MAX_VALUE), changes, seed);
            case "--changes" -> new Options(help, check, rows, number(option, rest, 1, Integer.MAX_VALUE), seed);
            case "--seed" -> new Options(help, check, rows, changes, number(option, rest, 0, Integer.MAX_VALUE));
            default -> throw new UsageException("unknown option: " + option);
        };
    }

    private static int number(String option, Iterator<String> rest, int least, int most) {
        String value = rest.hasNext() ? rest.next() : "nothing";
        try {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new UsageException("%s needs a number from %d to %d, not %s".formatted(option, least, most, value));
    }

    private Options complete() {
        if (changes != UNSET && !check) {
            throw new UsageException("--changes goes with --check; without it changes are made until Ctrl-C");
        }
        return new Options(
                help,
                check,
                rows != UNSET ? rows : check ? CHECKED_ROWS : SHOWN_ROWS,
                changes != UNSET ? changes : CHECKED_CHANGES,
                seed);
    }
}
