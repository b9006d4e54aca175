package dev.tidemark.web;

import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;

/** Who asks. */
public final class Caller {

    private Caller() {}

    /** The user, or where the request comes from if nobody has logged in. */
    public static String of(HttpServletRequest request) {
        Principal user = request.getUserPrincipal();
        return user == null ? request.getRemoteAddr() : user.getName();
    }
}
