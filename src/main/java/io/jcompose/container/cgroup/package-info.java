/** Control groups, version 1 and 2 behind one interface: limits, device rules, kill, counters. */
package io.jcompose.container.cgroup;
