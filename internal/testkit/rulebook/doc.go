// Package rulebook is a slow, obvious model of the rules of identity, for tests. Resolve says which IDs are
// one person, under which ID they are sent, and with which attributes; each rule is a small function that
// reads like its sentence. Nights says what becomes of profiles from night to night. Random makes small
// histories of a PostHog project in which many rare things happen. Kinds counts these, so that a test can
// check that it has met all of them.
//
// A property test gives the same history to the fast code, with its rows in any order, and compares the
// outcomes. Nothing here is written for speed: everything is looked up again, in slices, whenever a rule
// needs it.
package rulebook
