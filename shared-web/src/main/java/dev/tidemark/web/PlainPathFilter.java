package dev.tidemark.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses plain semicolons in paths, before anybody reads them: what follows one is taken for parameters by some, and not by others. Encoded, they are part of a
 * name.
 */
final class PlainPathFilter extends OncePerRequestFilter {

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (request.getRequestURI().indexOf(';') >= 0) {
            response.sendError(HttpServletResponse.SC_BAD_REQUEST, "A semicolon in a path has to be written %3B");
        } else {
            chain.doFilter(request, response);
        }
    }
}
