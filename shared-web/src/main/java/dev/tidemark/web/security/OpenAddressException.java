package dev.tidemark.web.security;

/** Everybody in the network could do everything. */
final class OpenAddressException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    OpenAddressException(String key, String address) {
        super(
                key + " is " + address
                        + ", so other machines could reach the service, and nobody would need credentials to change what is replicated");
    }
}
