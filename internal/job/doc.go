// Package job decides what a run is. It gets what somebody typed, what is there to be read, and what the
// ledger knows of earlier runs. From these it says whether a new run begins, a stopped one is resumed, there
// is nothing to do, or somebody has to decide first. Once the sources were read, it says whether they are
// sent, read again with others, or planned anew; and at the end, what the ledger is to record.
//
//	Request, Ledger ── Decide ──► Answer: Job | Nothing | Refused
//	Job, FirstPass  ── After  ──► Next:   send | read more (Job) | replan (Job) | Nothing | Refused
//	Job, what is left ── End  ──► End:    outcome, closed rejects, what to type next
//
// The package runs no pass, prints nothing, writes nothing, and opens sources through package source alone. A
// Job is never changed: every decision makes a new one. What somebody should know comes back as values of
// type Warning, which the command line words.
package job
