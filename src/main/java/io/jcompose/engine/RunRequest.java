package io.jcompose.engine;

import io.jcompose.plan.OneOff;

/**
 * A container of a service's kind, made to run one command.
 *
 * @param up the project, with the service as it is wanted for this container, and how its dependencies come up
 * @param removedAtEnd whether it goes when the command has ended
 * @param detach whether it is left running in the background
 * @param streams what the caller is joined to otherwise
 */
public record RunRequest(UpRequest up, OneOff oneOff, boolean removedAtEnd, boolean detach, StreamOptions streams) {}
