package dev.tidemark.consumer.rules;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;

/** PostgreSQL's text of dates and times, which is nearly ISO's: years may have more than four digits, or be before Christ, and time may have no end. */
final class Times {

    private static final String BC = " BC";

    private Times() {}

    static LocalDate date(String text) {
        try {
            return switch (text) {
                case "infinity" -> LocalDate.MAX;
                case "-infinity" -> LocalDate.MIN;
                default -> day(text);
            };
        } catch (DateTimeException | NumberFormatException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("'" + text + "' is no date: write 2024-12-31", e);
        }
    }

    /** A time without a zone is one in UTC. */
    static Instant instant(String text) {
        try {
            return switch (text) {
                case "infinity" -> Instant.MAX;
                case "-infinity" -> Instant.MIN;
                default -> moment(text);
            };
        } catch (DateTimeException | NumberFormatException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("'" + text + "' is no timestamp", e);
        }
    }

    private static LocalDate day(String text) {
        boolean bc = text.endsWith(BC);
        int end = bc ? text.length() - BC.length() : text.length();
        if (text.charAt(end - 3) != '-' || text.charAt(end - 6) != '-') {
            throw new DateTimeException("no date");
        }
        int year = Integer.parseInt(text, 0, end - 6, 10);
        int month = Integer.parseInt(text, end - 5, end - 3, 10);
        int day = Integer.parseInt(text, end - 2, end, 10);
        return LocalDate.of(bc ? 1 - year : year, month, day);
    }

    private static Instant moment(String text) {
        boolean bc = text.endsWith(BC);
        int end = bc ? text.length() - BC.length() : text.length();
        int time = text.indexOf('T') + 1;
        int zone = Math.max(text.indexOf('+', time), text.indexOf('-', time));
        LocalDate date = day(text.substring(0, time - 1) + (bc ? BC : ""));
        LocalTime clock = LocalTime.parse(text.substring(time, zone < 0 ? end : zone));
        ZoneOffset offset = zone < 0 ? ZoneOffset.UTC : ZoneOffset.of(text.substring(zone, end));
        return date.atTime(clock).toInstant(offset);
    }
}
