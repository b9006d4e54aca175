package dev.tidemark.producer.admin;

import dev.tidemark.model.TableId;
import dev.tidemark.producer.source.CapturedTable;
import dev.tidemark.producer.source.Protection;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Why changes of a table are lost, were lost, or may be, and what to do. */
final class Danger {

    private Danger() {}

    /**
     * @param problem what else is known to be wrong with it
     * @param copied whether the snapshot that it is to have now has begun
     * @return null if all its changes are captured
     */
    static @Nullable String of(CapturedTable table, @Nullable String problem, boolean copied) {
        Protection protection = table.protection();
        List<String> causes = new ArrayList<>();
        if (protection.presentName() == null) {
            causes.add("It does not exist any more. Create it again, or DELETE " + Refusals.path(table.id()));
        } else if (!protection.presentName().equals(table.id())) {
            causes.add(renamed(table, protection.presentName()));
        } else if (!protection.missingEvents().isEmpty()) {
            causes.add(withoutTriggers(table, problem));
        } else if (protection.altered()) {
            causes.add(
                    "It was altered since it was last looked at. Its changes are captured, more slowly; the active producer soon looks at it by itself, PUT "
                            + Refusals.path(table.id()) + " does at once"
                            + (problem == null ? "" : ". What is in the way: " + problem));
        }
        if (!protection.missed().isEmpty()) {
            causes.add("Changes are missing at the destination: " + String.join("; ", protection.missed())
                    + (copied
                            ? ". POST /admin/snapshots for it"
                            : ". The snapshot that is about to begin brings them"));
        }
        return causes.isEmpty() ? null : String.join(". ", causes);
    }

    /** Whether there is more to it than that it was altered, after which changes are captured all the same. */
    static boolean isLoss(CapturedTable table) {
        Protection protection = table.protection();
        return !table.id().equals(protection.presentName())
                || !protection.missingEvents().isEmpty()
                || !protection.missed().isEmpty();
    }

    /** @return what the snapshot that is under way makes good, or null */
    static @Nullable String beingMended(CapturedTable table) {
        List<String> mending = table.protection().mending();
        return mending.isEmpty()
                ? null
                : "Changes are missing at the destination until this snapshot is complete: "
                        + String.join("; ", mending);
    }

    private static String renamed(CapturedTable table, TableId presentName) {
        return "It is called " + presentName + " now; its changes are still published as those of " + table.id()
                + ". Rename it back, or PUT " + Refusals.path(presentName) + " and then DELETE "
                + Refusals.path(table.id());
    }

    private static String withoutTriggers(CapturedTable table, @Nullable String problem) {
        return "It has no enabled trigger for "
                + String.join(", ", table.protection().missingEvents())
                + ", so such changes are lost. PUT " + Refusals.path(table.id())
                + " puts the triggers on at once, the active producer soon by itself; a new snapshot follows"
                + (problem == null ? "" : ". What is in the way: " + problem);
    }
}
