// Package customerio speaks Customer.io's Track API: operations, limits, batches, the client, pacing and
// retries.
//
// An operation is appended byte by byte to a buffer, a Packer gathers operations into batches, and a Sender
// sends a batch. Client is the innermost Sender; the others wrap it, lowest first:
//
//	operations  operation, device, relationship: the encoding of each; parse reads them back; limits
//	batches     batch, pack: operations gathered into the body of a request
//	answers     sender: what a Sender promises; statuses: what each status means, and whether to retry after it;
//	            response, retryafter: what an answer's body and headers say; errors
//	Client      client, transport, secret, text, region: one HTTP request a batch, with the credentials
//	Watched     watch: what a person is told of requests that are under way or in trouble
//	Paced       pace: each attempt waits for its turn
//	Retried     retry, budget: sends the same bytes again after a passing fault
//	Bisected    bisect: finds the operation for which a whole batch is refused
//	Reduced     reduce: retries without the attribute for which the API refused
//
// Beside them, profiles and profiletext read the list of people that a workspace exports.
package customerio
