package dev.tidemark.web;

import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;

/** Who asks. */
public final class Caller {

    private static final int LONGEST_NAME = 100;

    private Caller() {}

    /** The user and where the request comes from, such as {@code ada (10.1.2.3)}; the latter alone if nobody has logged in. */
    public static String of(HttpServletRequest request) {
        Principal user = request.getUserPrincipal();
        String address = request.getRemoteAddr();
        return user == null ? address : printable(user.getName()) + " (" + address + ")";
    }

    /** A name may come from a token of somebody else's, and goes into logs. */
    private static String printable(String name) {
        String printable = name.replaceAll("[\\p{Cntrl}\\p{Cf}\\u2028\\u2029]", "?");
        return printable.length() <= LONGEST_NAME ? printable : printable.substring(0, LONGEST_NAME) + "…";
    }
}
