/** What the HTTP sides of both services share: how errors are told, and who asks. */
@NullMarked
package dev.tidemark.web;

import org.jspecify.annotations.NullMarked;
