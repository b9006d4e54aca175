package dev.tidemark.run;

import java.util.Arrays;

/** The command line of a service. */
public final class RunArguments {

    private RunArguments() {}

    /** Takes {@code --once} for {@code --cdc.run=once}. */
    public static String[] of(String... arguments) {
        return Arrays.stream(arguments)
                .map(argument -> argument.equals("--once") ? "--cdc.run=once" : argument)
                .toArray(String[]::new);
    }
}
