/** What the engine remembers: records of containers, networks and projects, as JSON files. */
package io.jcompose.engine.state;
