package dev.tidemark.quickstart;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the consumer's meters say of events applied, without the rows of initial copies and the heartbeats. */
final class AppliedChanges {

    private static final Pattern SAMPLE =
            Pattern.compile("^cdc_events_applied_total\\{(?<labels>[^}]*)} (?<value>\\S+)", Pattern.MULTILINE);
    private static final Pattern NOT_A_CHANGE = Pattern.compile("operation=\"read\"|table=\"cdc\\.heartbeat\"");

    private AppliedChanges() {}

    /** @param scrape in Prometheus' text format */
    static long of(String scrape) {
        double sum = 0;
        Matcher sample = SAMPLE.matcher(scrape);
        while (sample.find()) {
            if (!NOT_A_CHANGE.matcher(sample.group("labels")).find()) {
                sum += Double.parseDouble(sample.group("value"));
            }
        }
        return Math.round(sum);
    }
}
