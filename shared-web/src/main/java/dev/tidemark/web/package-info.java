/** What the HTTP sides of both services share: what may be asked, who asks, and how errors are told. */
@NullMarked
package dev.tidemark.web;

import org.jspecify.annotations.NullMarked;
