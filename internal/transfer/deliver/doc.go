// Package deliver sends the operations of a run to Customer.io and saves how far it has come. It sends what
// it is handed; it knows neither the files nor the people that operations are made from.
//
// A run is one Delivery. Its phases follow each other: each begins with Begin, takes any number of results,
// and ends with End, which returns once every request is answered and the last checkpoint is saved. A Result
// is what became of the next part of a phase, such as a chunk of rows: the operations to be sent, and counts,
// rejects and waiting rows for the rest of the part.
//
// # Checkpoints
//
// A checkpoint is what one ledger transaction saves: how far the phase has come, and all counts, rejects,
// waiting rows and accepted events, people and merges up to there. It is one cut: the lock is held while it
// is put together, and while a Result or an answer is counted. So a run that is killed at any instant resumes
// with counts that belong to its position.
//
// The position is the acknowledgement low-watermark with its exceptions: every number before it is done,
// except the operations in the spans that it lists. An operation is done when the API has accepted or refused
// it. A number without an operation, such as that of a skipped row, is done at once. It is done even if a
// saved span covers it because both its neighbours have no answer.
//
// So many requests may be under way as Options.InFlight says, and with so many operations as repeatLimit says,
// but always one request. A request takes up its place until its answer is in a saved checkpoint. So after a
// kill at most so many requests and operations are sent a second time: 5,000 operations, or those of one second
// if they are more. A checkpoint is saved immediately if Deliver is blocked until then, within 10 ms once
// unsaved answers take up a quarter of the places or of the operations, otherwise every second, and at the end
// of a phase. Nothing is saved if nothing has changed.
//
// A Delivery without a Ledger, as in a preview, saves nothing and collects nothing to be saved.
//
// # Goroutines and the lock
//
// The caller's goroutine calls Begin, Deliver, Totals, End and Refused. Deliver and End pack operations into
// batches, and block while no further request may start. Deliver also blocks while too many rejects are
// unsaved.
//
// Each request has a goroutine of its own, which sends one batch, counts its answer and ends.
//
// Each phase with a ledger has one goroutine that saves checkpoints. Begin starts it. It ends in End, or at
// the first error of a save.
//
// When the context of New is done, or at the first error, short goroutines wake a blocked Deliver or End and
// start the grace period. They belong to context.AfterFunc and time.AfterFunc and count nothing.
//
// Phase.lock guards the counts, examples and limit of the Delivery and all fields of Phase below it, the next
// checkpoint among them. It is the only lock. It is not held while a request or a save is under way.
// Options.Rejects, Options.InFlight and the functions of Spec are called with it held, so they must not call
// the phase. Options.Observe is called without it. Between phases no goroutine uses the counts, and they may
// be read without a lock.
//
// After the first error, or once the context of New is done, no further request starts. Requests under way
// get the grace period to end. Operations without an answer are counted as unsent.
package deliver
