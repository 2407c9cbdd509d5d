/** Named and anonymous volumes: folders that outlive containers, and what is known of each. */
package io.jcompose.volume;
