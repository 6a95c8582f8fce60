// Package ledger is what a state directory holds between runs: a lock, which keeps a second sender out, and state.db, which
// knows what has been sent.
//
// A state directory belongs to one workspace, and only its user can read it. It holds no credentials, and these files:
//
//	state.db       SQLite: what was read and sent
//	lock           locked by the one process that sends
//	holder.json    which process that is, while it runs
//	rejects.jsonl  the rejected rows of state.db, written out at the end of a run
//
// state.db also has what later runs need: the keys of all events that were sent (16 bytes each, by UTC day), in which version,
// under which ID everybody was sent, what was learned of who is who, which visitors' rows wait until they are identified, and what
// was rejected. schema.go has the tables, and what their blobs hold.
//
// The file notes a hash of the statements that made its tables, and the number of the rule for event IDs. A file
// with another form or rule is refused.
//
// state.db is SQLite with a write-ahead log and synchronous=FULL: what a transaction has saved outlives the process and the
// power. It says which workspace it belongs to and, for each run, its own now, the flags that change what is sent, its
// sources with their fingerprints, and how far each phase has come. One transaction moves a position together with the
// counts, rejects and people that belong to it, so that a run which is killed at any instant can be resumed from there.
package ledger
