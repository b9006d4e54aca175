package dev.tidemark.quickstart;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the consumer's meters say of events applied, without the rows of initial copies. */
final class AppliedChanges {

    private static final Pattern SAMPLE =
            Pattern.compile("^cdc_events_applied_total\\{(?<labels>[^}]*)} (?<value>\\S+)", Pattern.MULTILINE);
    private static final Pattern COPIED = Pattern.compile("\\bop(eration)?=\"r(ead)?\"");

    private AppliedChanges() {}

    /** @param scrape in Prometheus' text format */
    static long of(String scrape) {
        double sum = 0;
        Matcher sample = SAMPLE.matcher(scrape);
        while (sample.find()) {
            if (!COPIED.matcher(sample.group("labels")).find()) {
                sum += Double.parseDouble(sample.group("value"));
            }
        }
        return Math.round(sum);
    }
}
