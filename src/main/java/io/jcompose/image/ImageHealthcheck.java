package io.jcompose.image;

import java.util.List;

/**
 * An image's health check. Times are nanoseconds, 0 stands for the default.
 *
 * @param test {@code ["NONE"]}, {@code ["CMD", arg…]} or {@code ["CMD-SHELL", command]}
 * @param retries 0 stands for the default
 */
public record ImageHealthcheck(
    List<String> test,
    long intervalNanos,
    long timeoutNanos,
    long startPeriodNanos,
    long startIntervalNanos,
    int retries) {}
