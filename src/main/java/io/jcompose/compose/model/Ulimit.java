package io.jcompose.compose.model;

/**
 * A resource limit of the process.
 *
 * @param soft −1: unlimited
 * @param hard −1: unlimited
 */
public record Ulimit(long soft, long hard) {}
