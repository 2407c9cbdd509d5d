/** Reading the logs that keepers write: records, lines, and following them as they grow. */
package io.jcompose.engine.log;
