// Package spool keeps on disk what does not fit into memory or cannot be read twice. What it writes is removed once it has
// been used.
package spool
