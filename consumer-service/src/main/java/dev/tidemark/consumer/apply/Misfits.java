package dev.tidemark.consumer.apply;

import dev.tidemark.model.ChangeEvent;
import dev.tidemark.model.Row;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds the columns whose values PostgreSQL complains of, since for values it tells the type, but not the column. */
final class Misfits {

    private static final String TOO_LONG = "22001";
    private static final String OUT_OF_RANGE = "22003";
    private static final Pattern NUMERIC = Pattern.compile("numeric\\((\\d+),(-?\\d+)\\)");
    private static final Pattern QUOTED = Pattern.compile("\"(.*)\"", Pattern.DOTALL);

    private Misfits() {}

    /** @return the columns, none if that cannot be told */
    static List<SinkColumn> of(SinkTable table, ChangeEvent event, String sqlState, String message) {
        Row row = event.row();
        List<SinkColumn> found = new ArrayList<>();
        if (row == null) {
            return found;
        }
        Matcher quoted = QUOTED.matcher(message);
        String complained = quoted.find() ? quoted.group(1) : null;
        for (int i = 0; i < row.columns().size(); i++) {
            SinkColumn column = table.stored(row.columns().names().get(i));
            String value = row.value(i);
            if (column != null && value != null && isMisfit(column, value, sqlState, complained)) {
                found.add(column);
            }
        }
        return found;
    }

    private static boolean isMisfit(SinkColumn column, String value, String sqlState, @Nullable String complained) {
        if (sqlState.equals(TOO_LONG)) {
            return column.maxLength() > 0 && value.codePointCount(0, value.length()) > column.maxLength();
        }
        Matcher numeric = NUMERIC.matcher(column.declared());
        if (sqlState.equals(OUT_OF_RANGE) && complained == null) {
            return numeric.matches()
                    && exceeds(value, Integer.parseInt(numeric.group(1)) - Integer.parseInt(numeric.group(2)));
        }
        return value.equals(complained);
    }

    private static boolean exceeds(String value, int integerDigits) {
        try {
            BigDecimal number = new BigDecimal(value);
            return number.precision() - number.scale() > integerDigits;
        } catch (NumberFormatException e) {
            return true;
        }
    }
}
