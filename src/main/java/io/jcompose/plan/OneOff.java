package io.jcompose.plan;

/**
 * A container beside those that a service is to have, made for one command.
 *
 * @param service the service that it is made like
 * @param container its name
 */
public record OneOff(String service, String container) {}
