package dev.tidemark.web.security;

/**
 * By what one may come in. By nothing means that everybody may who reaches the service, which then is nobody beyond this machine.
 *
 * @param basic users and passwords are configured
 * @param tokens an issuer of tokens is configured
 */
record Access(boolean basic, boolean tokens) {

    boolean isOpen() {
        return !basic && !tokens;
    }

    String words() {
        String user = "a user and a password (curl -u NAME:PASSWORD)";
        String token = "a token of the issuer (curl --oauth2-bearer TOKEN)";
        if (basic && tokens) {
            return user + ", or " + token;
        }
        return basic ? user : token;
    }
}
