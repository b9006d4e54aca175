package dev.tidemark.web.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.util.unit.DataSize;
import org.springframework.web.filter.OncePerRequestFilter;

/** Bodies are held in memory, so they may not be of any size, and have to say what size they are of. */
final class BodyLimitFilter extends OncePerRequestFilter {

    private final long most;

    BodyLimitFilter(DataSize most) {
        this.most = most.toBytes();
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (request.getContentLengthLong() > most) {
            response.sendError(
                    HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE,
                    "The body has " + request.getContentLengthLong() + " bytes, and may have " + most
                            + ": cdc.security.max-body-size says how many");
        } else if (request.getHeader("Transfer-Encoding") != null) {
            response.sendError(HttpServletResponse.SC_LENGTH_REQUIRED, "A body has to come with its Content-Length");
        } else {
            chain.doFilter(request, response);
        }
    }
}
