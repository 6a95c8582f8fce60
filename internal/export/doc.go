// Package export runs the line from files to the API: it reads twice, maps, packs and sends, decides what to skip and
// when to stop, and counts what happened to every row.
//
// What it holds to, whatever happens:
//
//   - Every row ends in exactly one place. Over the second reading,
//     read = sent + person + skipped + rejected + duplicate + earlier + unsent,
//     and for each action built = accepted + rejected + unsent. Both are checked at the end of every run; a run of which they
//     are not true fails. person counts rows that only feed a person, earlier those that an earlier run sent, unsent
//     those without an answer when the run stopped. Resumed, a run counts as earlier what it has sent itself.
//   - A position is saved only after the API has acknowledged everything before it, in one transaction with the counts,
//     rejects and people that belong to it. So after kill -9 at any instant at most the requests in flight are sent again.
//   - An operation's ID depends on its event alone. Sent again, it is the same.
//   - A phase ends before the next begins, because the API promises no order: people, events, merges, late identifies.
//   - The second reading stops where the first one stopped, and sees the same people. If it does not, the run fails.
package export
