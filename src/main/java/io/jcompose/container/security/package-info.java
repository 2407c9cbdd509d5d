/** What confines a container's processes: capabilities, system call filters, hidden paths, users. */
package io.jcompose.container.security;
