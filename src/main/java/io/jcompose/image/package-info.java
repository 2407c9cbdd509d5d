/**
 * Image references, and the store: a plain OCI image layout on disk, with its layers unpacked
 * beside it.
 */
package io.jcompose.image;
