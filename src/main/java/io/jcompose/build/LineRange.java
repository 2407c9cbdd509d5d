package io.jcompose.build;

/** Lines of a Dockerfile, counted from 1, both included. */
public record LineRange(int first, int last) {}
