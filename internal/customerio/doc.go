// Package customerio speaks Customer.io's Track API: operations, limits, batches, the client, pacing and
// retries.
//
// An operation is appended byte by byte to a buffer, a Packer gathers operations into batches, and a Sender
// sends a batch. Client is the innermost Sender; the others wrap it:
//
//	var sender customerio.Sender = client
//	sender = customerio.Paced(sender, pace)      // each attempt waits for its turn
//	sender = customerio.Retried(sender, policy)  // sends the same bytes again after a passing fault
//	sender = customerio.Bisected(sender, tally)  // finds the operation for which a whole batch is refused
//	sender = customerio.Reduced(sender, tally)   // retries without the attribute for which the API refused
package customerio
