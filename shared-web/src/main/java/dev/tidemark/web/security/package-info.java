/** Who may use the HTTP interfaces, and from where: everything is refused that is not allowed here. */
@NullMarked
package dev.tidemark.web.security;

import org.jspecify.annotations.NullMarked;
