/** What the host allows and what a crash has left, for {@code jcompose doctor}: looks, and changes nothing. */
package io.jcompose.engine.doctor;
