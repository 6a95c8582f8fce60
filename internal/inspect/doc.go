// Package inspect finds out what is in an export, and what the rules of a plan would make of it. It reads the
// sources twice, as a preview does, counts names, values and times during the first pass, and sends
// nothing.
package inspect
