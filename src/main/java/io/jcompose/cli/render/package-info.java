/** How results look: tables, progress, colours, log prefixes. Never decides anything. */
package io.jcompose.cli.render;
