// Package spool keeps on disk what does not fit into memory or cannot be read twice. It removes its files
// when they are not needed any more.
package spool
