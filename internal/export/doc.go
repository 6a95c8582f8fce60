// Package export runs the line from files to the API: it reads twice, maps, packs and sends, decides what to skip and
// when to stop, and counts what happened to every row.
package export
