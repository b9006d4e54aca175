package dev.tidemark.web.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.web.cors.CorsUtils;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Keeps other web sites out that a browser on this machine, or one that remembers a password, may have open.
 * <ol>
 *   <li>No site may read by script, so its question whether it may is answered with no.
 *   <li>What changes something has to come from no site at all, or from our own: browsers say so in {@code Sec-Fetch-Site}, old ones in {@code Origin};
 *       other programs have neither. (The algorithm of Go's {@code CrossOriginProtection}.)
 *   <li>Where nobody needs credentials, the host's name has to be one that nobody can make lead here (DNS rebinding): localhost, or an address.
 * </ol>
 */
final class CrossSiteFilter extends OncePerRequestFilter {

    private static final Pattern ADDRESS =
            Pattern.compile("\\d+\\.\\d+\\.\\d+\\.\\d+|\\[[0-9a-fA-F:.%]+]|[0-9a-fA-F]*:[0-9a-fA-F:.]+");

    private final boolean open;

    /** @param open whether nobody needs credentials */
    CrossSiteFilter(boolean open) {
        this.open = open;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String refusal = refusal(request);
        if (refusal == null) {
            chain.doFilter(request, response);
        } else {
            response.sendError(HttpServletResponse.SC_FORBIDDEN, refusal);
        }
    }

    private @Nullable String refusal(HttpServletRequest request) {
        if (open && !isUnmistakable(request.getServerName())) {
            return "While no credentials are configured, only localhost and addresses are answered, not the host "
                    + request.getServerName() + ": call http://127.0.0.1:" + request.getLocalPort()
                    + ", or configure credentials (cdc.security.users)";
        }
        if (CorsUtils.isPreFlightRequest(request)) {
            return "No web site may call this from a browser";
        }
        if (!Role.isReading(request.getMethod()) && isForeign(request)) {
            return "This was asked for by another web site, " + request.getHeader("Origin")
                    + ": what changes something is taken from programs such as curl, or from this very server's pages";
        }
        return null;
    }

    private static boolean isUnmistakable(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        return name.equals("localhost")
                || name.endsWith(".localhost")
                || ADDRESS.matcher(name).matches();
    }

    private static boolean isForeign(HttpServletRequest request) {
        String site = request.getHeader("Sec-Fetch-Site");
        if (site != null) {
            return !site.equals("same-origin") && !site.equals("none");
        }
        String origin = request.getHeader("Origin");
        return origin != null && !isHost(origin, request.getHeader("Host"));
    }

    private static boolean isHost(String origin, @Nullable String host) {
        try {
            String authority = URI.create(origin).getAuthority();
            return authority != null && authority.equalsIgnoreCase(host);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
