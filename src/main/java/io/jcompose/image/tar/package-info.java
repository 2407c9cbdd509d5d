/**
 * The tar format, read and written as bytes: ustar, pax with binary values, GNU long names and
 * sparse files.
 */
package io.jcompose.image.tar;
