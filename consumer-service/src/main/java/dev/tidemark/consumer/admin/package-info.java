/** What people and their tools see: endpoints, health and meters. Everything in it reads, but for what is done with dead letters, and what an operator tells the consumers. */
@NullMarked
package dev.tidemark.consumer.admin;

import org.jspecify.annotations.NullMarked;
