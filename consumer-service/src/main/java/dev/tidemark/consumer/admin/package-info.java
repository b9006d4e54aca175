/** What people and their tools see: endpoints, health and meters. Everything in it reads; nothing is changed from here. */
@NullMarked
package dev.tidemark.consumer.admin;

import org.jspecify.annotations.NullMarked;
