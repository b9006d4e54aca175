package dev.tidemark.web.settings;

/** Somebody has set what the service does not have, and believes that it does. */
final class UnknownSettingException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnknownSettingException(String settings) {
        super("This service has no such setting: " + settings);
    }
}
