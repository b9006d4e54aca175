package dev.tidemark.run;

import java.util.Arrays;

/** The command line of a service. */
public final class RunArguments {

    private RunArguments() {}

    /** Whether {@code --reset} is among them: all that the pipeline has made is to be taken away. */
    public static boolean isReset(String... arguments) {
        return Arrays.asList(arguments).contains("--reset");
    }

    /** Takes {@code --once} for {@code --cdc.run=once}, and {@code --reset} likewise. */
    public static String[] of(String... arguments) {
        return Arrays.stream(arguments)
                .map(argument -> argument.equals("--once") || argument.equals("--reset")
                        ? "--cdc.run=" + argument.substring(2)
                        : argument)
                .toArray(String[]::new);
    }
}
