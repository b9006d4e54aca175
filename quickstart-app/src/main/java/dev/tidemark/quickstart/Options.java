package dev.tidemark.quickstart;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What the command line asks for.
 *
 * @param check to compare and end, rather than to show
 * @param shop the bike store, rather than a table of employees
 * @param size what is there before the first change: rows, or orders of the store
 * @param changes committed ones, for a check
 * @param seed of all random choices
 */
record Options(boolean help, boolean check, boolean shop, int size, int changes, long seed) {

    private static final int UNSET = -1;
    private static final int SHOWN = 1_000;
    private static final int CHECKED = 10_000;
    private static final int CHECKED_ORDERS = 100_000;
    private static final int CHECKED_SHOP_CHANGES = 20_000;

    /** Without {@code --seed} it differs from run to run. */
    static Options parse(String... arguments) {
        List<String> words = split(arguments);
        Options parsed = new Options(
                false,
                false,
                words.contains("--shop"),
                UNSET,
                UNSET,
                ThreadLocalRandom.current().nextInt(1_000_000));
        Iterator<String> rest = words.iterator();
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
            case "--help", "-h" -> new Options(true, check, shop, size, changes, seed);
            case "--check" -> new Options(help, true, shop, size, changes, seed);
            case "--shop" -> this;
            case "--rows", "--orders" -> sized(option, rest);
            case "--changes" ->
                new Options(help, check, shop, size, number(option, rest, shop ? 4 : 1, Integer.MAX_VALUE), seed);
            case "--seed" -> new Options(help, check, shop, size, changes, number(option, rest, 0, Integer.MAX_VALUE));
            default -> throw new UsageException("unknown option: " + option);
        };
    }

    private Options sized(String option, Iterator<String> rest) {
        if (shop != option.equals("--orders")) {
            throw new UsageException(
                    shop ? "the store has --orders, not --rows" : "--orders goes with --shop; employees have --rows");
        }
        return new Options(help, check, shop, number(option, rest, 0, Integer.MAX_VALUE), changes, seed);
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
        int checked = shop ? CHECKED_ORDERS : CHECKED;
        return new Options(
                help,
                check,
                shop,
                size != UNSET ? size : check ? checked : SHOWN,
                changes != UNSET ? changes : shop ? CHECKED_SHOP_CHANGES : CHECKED,
                seed);
    }

    /** The same run once more. */
    @Override
    public String toString() {
        return (shop ? "--shop --orders " : "--rows ") + size + (check ? " --changes " + changes : "") + " --seed "
                + seed;
    }
}
