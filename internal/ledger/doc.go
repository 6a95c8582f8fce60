// Package ledger is what a state directory holds between runs: a lock, which keeps a second sender out, and state.db, which
// knows what has been sent.
//
// It also has what runs tell each other: the keys of all events that were sent, in which version, whom they
// were sent as, what was learnt of who is who, which visitors are owed their rows because nobody knew them
// yet, and what was rejected.
//
// A file notes a hash of the statements that made its tables, and the number of the rule for event IDs. One
// of another form or rule is refused.
//
// state.db is SQLite with a write-ahead log and synchronous=FULL: what a transaction has saved outlives the process and the
// power. It says which workspace it belongs to and, for each run, its own now, the flags that change what is sent, its
// sources with their fingerprints, and how far each phase has come. One transaction moves a position together with the
// counts, rejects and people that belong to it, so that a run which is killed at any instant can go on from there.
package ledger
