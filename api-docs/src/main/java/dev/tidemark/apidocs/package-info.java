/** Makes a service's OpenAPI document of its controllers, what stands in the code about them, and examples that stand beside it. */
@NullMarked
package dev.tidemark.apidocs;

import org.jspecify.annotations.NullMarked;
