// Package sandbox is a strict local Track API for tests, demos and first tries without an account.
//
// It is strict where Customer.io documents the real API as strict, and accepts silently where the real one
// does, so that the worst mistakes show: a backfill whose timestamps became "now", a person who unsubscribed
// by accident. What the vendor does not say is a switch (see [Switches]). It imports nothing of ours but its
// own parts and states every limit again: it judges the rest of the program.
//
// Where to look:
//
//   - What the API takes and refuses, V below, is package trackapi, with its limits and switches in rules.go.
//     What accepted operations do, S, is package workspace. Both are about the API alone.
//   - How requests and answers look, T, is here: api.go and accept.go.
//   - What tests have go wrong on purpose is in the files about [Faults]: faults.go, injector.go, injected.go,
//     refuse.go and mangle.go.
//   - The sandbox and backfill --sandbox commands use [New], [Sandbox.Start], [Sandbox.Flush] and the methods
//     that show what has arrived. [InProcess] is for tests.
//
// The rules are numbered, and a test is named after each. Sources: the Track API reference, pages of
// docs.customer.io as named, and the official client libraries.
//
// # Transport
//
//	T1   GET /api/v1/accounts/region: url, region, environment_id, on either region's host (reference)
//	T2   no, wrong or Bearer credentials: 401 (reference)
//	T3   an EU account on the US host: redirected to the EU (reference)
//	T4   a US account on the EU host: refused (docs.customer.io/api)
//	T5   an unknown path 404, a wrong method 405
//	T6   a batch over 500,000 bytes, an entity over 32,000: 400, or 413 in HTML (reference)
//	T7   a body that is not JSON, not an object, without an array `batch` that holds something: 400
//	T8   too many requests: 429, with Retry-After in several forms or none
//	T9   faults on demand: statuses, bodies that are not JSON, resets before reading or after applying, delays
//	T10  success: 200 {} (reference)
//	T11  some refused: 207 with errors, or the same under 200 (reference)
//	T12  all refused: 207, or 400
//
// # Refusals, each by itself
//
//	V1   a JSON object of at most 32,000 bytes (reference)
//	V2   type is person, object or delivery (reference)
//	V3   action is one of its type's (reference)
//	V4   identifiers is an object with exactly one key of a person (reference)
//	V5   an identifier is a string or a number
//	V6   an identifier is not blank and at most 150 bytes (reference)
//	V7   an email, as identifier or attribute, is an RFC 5322 address (docs.customer.io, reserved attributes)
//	V8   a cio_id is hexadecimal, without the prefix cio_
//	V9   event, page and screen have a name that is not blank (docs.customer.io/journeys/invalid-api-requests)
//	V10  the name is at most 100 bytes (the same)
//	V11  attributes is an object (the same)
//	V12  an attribute's name is not empty and at most 150 bytes (the same)
//	V13  an attribute's value is at most 1000 bytes (the same)
//	V14  at most 300 attributes on a person, an object, a relationship (the same)
//	V15  an object's or relationship's attributes are at most 100 kilobytes together (reference)
//	V16  an object is {object_type_id, object_id} of a known type, or {cio_object_id}; strings (reference)
//	V17  cio_relationships is an array, each naming the other kind (reference)
//	V18  a merge has primary and secondary, each exactly one of id, email, cio_id, and not the same (reference)
//	V19  a device has a token, and a platform when added (reference)
//	V20  email and phone only where the workspace has them as identifiers (reference)
//
// # Accepted, with an effect
//
//	S1   no timestamp: the time of receipt (reference)
//	S2   a timestamp that is not unix seconds: silently the time of receipt
//	S3   an event's ULID seen before: accepted, not stored again (reference)
//	S4   an event of the last 72 hours could start a campaign (docs.customer.io/journeys/importing-old-data)
//	S5   identify creates an unknown person, unless attributes._update is true (reference)
//	S6   event, page and screen create an unknown person
//	S7   an identify older than what it would replace is skipped, under 200
//	S8   id and email of two people: merged when each lacks the other, else not applied (docs, auto-merge)
//	S9   an id or email once set changes only by cio_id (docs.customer.io/journeys/identifying-people)
//	S10  suppressed identifiers are ignored (reference)
//	S11  a merge with a missing side does nothing (reference)
//	S12  a merge fills what the primary lacks, moves events and relationships, deletes the secondary, whose ID
//	     is then free: a later call makes a new profile (docs.customer.io/journeys/merge-people)
//	S13  anonymous events join the person who claims their anonymous_id, if received at most 30 days before or 5
//	     minutes after; a second person cannot claim it (docs.customer.io/journeys/anonymous-events)
//	S14  emails compare without case, ids with (docs.customer.io/journeys/identifying-people)
//	S15  `unsubscribed` changes consent; recipient, from_address, reply_to override a campaign (reference)
//	S16  null or "" removes an attribute (reference)
//	S17  accepted operations may apply in any order (docs.customer.io/journeys/importing-old-data)
//	S18  an event's name is trimmed (reference)
//
// # Inspection
//
// Below /sandbox/, without credentials: GET people, objects, events, arrivals (accepted events by ID),
// activities (what happened behind a 200), stats, requests (time, status, bytes, items) and faults; POST
// faults (a JSON document of [Faults], such as {"answers":[{"status":503,"next":3}],"delay":"150ms"}), reset,
// and flush (apply what still waits).
package sandbox
