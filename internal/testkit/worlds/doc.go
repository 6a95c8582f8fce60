// Package worlds makes small random PostHog projects that live for many nights, for tests. Each night
// people do things, and the directory that holds their rows changes as directories do: files come,
// grow, and are renamed, compressed, corrected, deleted, damaged and mended.
//
// A test runs a sync each night, and tells the world which events have arrived. In the end the world writes
// all rows that it ever had into one file: one clean backfill of that file is what the nights should have
// added up to.
package worlds
