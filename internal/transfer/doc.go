// Package transfer runs the line from files to the API. It reads the sources twice, maps rows and people to
// operations, has package deliver send them, decides what to skip and when to stop, and counts what happened
// to every row.
//
// A run is three values, each made once: Input is what it reads and knows of earlier runs, Rules say what
// becomes of rows and people, Delivery how operations are sent. RunFirstPass takes the first two and returns
// a FirstPass; Send takes that and a Delivery.
//
// Every row ends in exactly one place, and so does every operation, of each action by itself:
//
//	read  = sent + person + skipped + rejected + duplicate + earlier + unsent
//	built = accepted + rejected + unsent
//
// Here person counts the rows that only say something about a person; earlier those that were sent by an
// earlier run, or by this one before it was resumed; unsent those without an answer when the run stopped.
// Rows are those of the second pass. Both equations are checked at the end of every run, which fails if they
// do not hold.
//
// Four more things always hold:
//
//   - A position is saved only after the API has acknowledged everything before it, in one transaction with
//     the counts, rejects and people that belong to it. So after kill -9 at any instant at most the requests
//     in flight are sent again.
//   - The ID of an operation for a row is made from the row's event alone. Sent again, it has the same ID.
//   - A phase ends before the next begins, because the API promises no order: people, events, merges, late
//     identifies.
//   - The second pass stops where the first one stopped, and leads to the same people. If it does not, the
//     run fails.
package transfer
