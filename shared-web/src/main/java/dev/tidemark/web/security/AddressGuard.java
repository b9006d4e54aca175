package dev.tidemark.web.security;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementServerProperties;

/** Where nobody needs credentials, a service listens on loopback or not at all. */
final class AddressGuard {

    private static final Logger LOG = LoggerFactory.getLogger(AddressGuard.class);

    private AddressGuard() {}

    /**
     * @param actuator if it has a port of its own
     * @throws OpenAddressException if everybody in the network could do everything
     */
    static void check(@Nullable InetAddress address, @Nullable ManagementServerProperties actuator) {
        requireLoopback("server.address", address);
        if (actuator != null) {
            requireLoopback("management.server.address", actuator.getAddress());
        }
        LOG.warn("Nobody needs credentials, so only this machine is answered: "
                + "cdc.security.users or an issuer of tokens changes that (docs/security.md)");
    }

    private static void requireLoopback(String key, @Nullable InetAddress address) {
        if (address == null || !address.isLoopbackAddress()) {
            throw new OpenAddressException(key, address == null ? "not set" : address.getHostAddress());
        }
    }
}
