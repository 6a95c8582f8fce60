// Package ledger keeps the state directory between runs: a lock, which keeps a second sender out, and
// state.db, which records what has been sent.
//
// A state directory belongs to one workspace, and only its user can read it. It holds no credentials, and
// these files:
//
//	state.db       SQLite: what was read and sent
//	lock           locked by the one process that sends
//	holder.json    which process that is, while it runs
//	rejects.jsonl  the rejected rows of state.db, written out at the end of a run
//
// state.db also has what later runs need: the keys and versions of all events that were sent (16 bytes for
// each key, by UTC day), the ID under which each person was sent, what was first about who is who, which
// visitors have rows that wait until they are identified, and what was rejected. schema.go has the tables and
// the format of their blobs.
//
// The file notes a hash of the statements that made its tables, and the number of the rule for event IDs.
// Open refuses a file with other tables or another rule.
//
// state.db is SQLite with a write-ahead log and synchronous=FULL: a committed transaction survives a crash
// and a power cut. It says which workspace it belongs to and, for each run, its own now, the flags that
// change what is sent, its sources with their fingerprints, and how far each phase has come. One transaction
// moves a position together with the counts, rejects and people that belong to it, so that a run which is
// killed at any instant can be resumed from there.
package ledger
