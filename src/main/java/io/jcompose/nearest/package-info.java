/** Which known name somebody may have meant who wrote another. Knows no other room. */
package io.jcompose.nearest;
