// Package job decides what a run does. Its input is the command that somebody typed, the sources that were
// found, and what the ledger knows of earlier runs. From these it decides whether a new run begins, a stopped
// one is resumed, there is nothing to do, or the command is refused until somebody decides. After the first
// pass over the sources it decides whether they are sent, read again together with others, or planned again
// as a new run. At the end it says what the ledger is to record.
//
//	Request, Ledger ── Decide ──► Answer: Job | Nothing | Refused
//	Job, FirstPass  ── After  ──► Next:   send | read more (Job) | replan (Job) | Nothing | Refused
//	Job, Run        ── End    ──► End:    outcome, closed rejects
//
// The package runs no pass, prints nothing, writes nothing, and opens sources only through package source. A
// Job is never changed: every decision makes a new one. Warnings come back as values of type Warning, which
// package cli puts into words.
package job
