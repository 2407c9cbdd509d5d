/**
 * Linux system calls, structures and errno values: the only package that speaks to the kernel through
 * jnr-ffi. Each class has one subject (files, mounts, sockets, namespaces, processes).
 */
package io.jcompose.linux;
