// Package ledger keeps what runs have read and sent, in the state directory of a workspace.
//
// A state directory belongs to one workspace of Customer.io, and only its user can read it. It holds no
// credentials, and these files:
//
//	state.db       what was read and sent, an SQLite database
//	lock           locked by the one process that sends
//	holder.json    which process that is, while it runs
//	rejects.jsonl  the rejects of state.db as lines of JSON, which package transfer writes
//
// Beside state.db lie its write-ahead log and the other files of SQLite while the database is open, and a
// state.db.new while it is created.
//
// # What state.db holds
//
// These are its tables. schema.go has their columns and the format of each blob.
//
//	meta           single values, such as the workspace and the time of the newest event that was sent
//	runs           each run: what was typed, the program's version, flags, the run's own now, how it ended
//	sources        the files that each run read, with fingerprints of their rows and of their ends
//	positions      how far each phase of a run has come, and the counts of the run up to there
//	people         the people whose identify was accepted, each with a hash of what was sent last
//	keys           the events that were accepted: of each the rest of its ID and its version, by UTC day
//	merges         the merges that were to be sent, and which of them are done
//	rejects        rows and operations that could not be sent, and the run that tried each again
//	waiting        rows that wait for a later run: by source whose they are, why, and a hash of each
//	learnt         what later runs restore about who is who; package people decides its form
//	property_keys  the keys of properties, whose numbers stand in learnt
//	columns        the types of CSV columns
//	manifests      manifests of exports in stores all of whose files were read
//	recognised     what was found in objects of stores whose names do not say what they are
//
// The database notes a hash of the statements that made its tables, and the number of the rule for event IDs.
// Open refuses a database with other tables or another rule.
//
// # When it is written
//
// Begin writes the run with its sources, RecordMerges the merges before the first of them is sent, Save what
// was done since the last Save, and Finish how the run ended. Each is one transaction. That of Save holds the
// position of a phase together with the counts, rejects, people, keys, merges and waiting rows up to that
// position. So a run that is killed at any instant can be resumed from its last Save.
//
// Finish also deletes what the run has made superfluous, so that the file grows by what is new. After that the
// file becomes smaller if more than a quarter of it is free.
//
// The database has a write-ahead log and synchronous=FULL: a committed transaction survives a crash and a
// power cut.
package ledger
