// Package rulebook is a slow, obvious model of the rules of identity, for tests. Resolve says who is one
// person, under which ID, and with which attributes, each rule in a small function that reads like its
// sentence. Random makes small histories of a PostHog project that are dense with trouble, and Kinds counts
// the trouble, so that a test can tell that it met all of it.
//
// A property test gives the same history to the fast code, with its rows in any order, and compares the
// outcomes. Nothing here is written for speed: everything is looked up anew, in slices, whenever a rule
// speaks of it.
package rulebook
