// Package explain tells why several distinct IDs are one person, and what becomes of that person and of their
// rows. It reads the sources twice, as a preview does, and sends nothing.
package explain
