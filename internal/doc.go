// Package internal holds ph2cio's parts. This page is their map; imports_test.go keeps it true.
//
// The program is one line, read from left to right:
//
//	sources ─ posthog.Read ─┬─ people.Index (first pass: who is who, final attributes)
//	 bytes      Event       └─ mapping (second pass) ─ customerio.Batch ─ deliver ─ customerio.Sender ─ POST /api/v2/batch
//	                                Operation + Ref                                                     Receipt, by Ref
//
// The Sender is Reduced(Bisected(Retried(Paced(Client)))), each of which is explained in package customerio.
//
// There are always two passes, because an $identify late in a file renames events early in it. The first
// learns who is who and folds each person's attributes to their final state; the second maps events. Both go
// through the files in chunks of whole rows, which are decoded in parallel and come out in input order.
//
// The packages, from the command line to the edges:
//
//	cli         the command line: commands, flags, environment, exit codes, output
//	  dotenv    the text of .env files
//	  terminal  what a person reads: summaries, inspections, explanations, and how text is laid out
//	  webreport the HTML page of a run, to be mailed and printed
//	job         what this run is: a new one, a stopped one that is resumed, or nothing; what follows a first pass
//	transfer    runs the line, decides to skip or to stop, counts; the only one that turns a Ref into a place in a file
//	  deliver   sends operations phase after phase and saves checkpoints; who owns which goroutine and lock stands there
//	inspect     what is in an export; counts it during the first pass, and sends nothing
//	explain     why several IDs are one person, and what becomes of that person's rows; sends nothing
//	posthog     reads exports; knows what PostHog's events mean
//	codec       decompresses files, and reads on after damage; knows nothing of PostHog
//	parquet     reads Parquet files as text, row by row; knows nothing of PostHog
//	source      where the bytes of exports come from, and which sources a run found when it began
//	objectstore reads exports from buckets, ahead of their readers; the only one that knows S3 and Azure
//	people      the first pass's result: links, claims, who is sent
//	fold        the attributes of one person or other entity, from its ordered changes
//	identity    the rules of joining, over plain IDs
//	mapping     turns events and people into operations; the only one that speaks both vocabularies
//	mappingfile reads mapping files: rules with expressions, and settings; knows no flag and no vocabulary
//	propertyfilter compares a property as PostHog's filters do; knows nothing of files and of people
//	expression  computes values from one event and its person, over raw JSON; knows neither vocabulary
//	customerio  operations, limits, batches, the client, pacing, retries
//	sandbox     a strict Track API on this machine, for tests, the demo and the sandbox command. It states the API's rules
//	            again and shares no code, so that a rule misread on one side fails on the other
//	  trackapi  what the API takes: the checks of one operation
//	  workspace what the API makes of it: people, objects, events
//	  ring      the newest of many values
//	asread      whether sources still have what earlier runs have read in them
//	ledger      what has been read and sent, between runs
//	rawjson     JSON as bytes: scans, walks and writes it without values in between
//	sentdiff    where the operations of two runs differ
//	jsondiff    where JSON values differ in what they mean
//	parallel    work on many cores at once, with results in order, and sets of numbers
//	spool       sorted runs and copies on disk, so that memory stays small
//	report      numbers, sizes, times and lists as people read them
//	exit        exit codes, and what errors say of them
//	escape      text from outside as it may be shown, kept or typed
//	redact      hides secrets in URLs and by the names of properties
//	regularfile opens files that must not be pipes or devices
//	jsonschema  JSON schemas of documents, made of the types that are written
//	loopback    whether a host is this machine
//	spelling    how far a mistyped name is from another
//	leftovers   removes temporary files of runs that were killed
//	diskspace   how much room a disk has
//	durable     makes files and their names survive a power loss
//	progress    a bar on a terminal, lines or records in a log, nothing when quiet
//	testkit/    what tests and measurements need, and the program does not:
//	  synthetic exports of any size
//	  rulebook  the rules of identity once more, slow and plain, and small histories full of trouble
//	  worlds    random projects and the files that hold their rows, which change from night to night
//	  schemacheck checks documents by such a schema
//	  packing   text compressed in every way that is read
//	  parquets  tables and exports as Parquet, and such files with anything wrong in them
//	  race      whether tests run with the race detector
//	  plans     what a test reads and by which rules, for packages that look at exports by the passes of a run
//	  sources   a store of exports in memory that is slow, fails or changes what it has
//	  fakestore servers of S3 and Azure in this process, and a proxy that makes these or other ones fail
//	  realstore what the next two have in common: servers of stores that run as processes
//	  s3server  a real S3 server, where one is installed
//	  browser   a headless Chromium, where one is installed
//	  azurite   an emulator of Azure's Blob Storage, where it is installed
//	  bench     the program that measures all this (make bench)
//
// Imports point one way. Each package imports at most these of ours:
//
//	cli         terminal, webreport, dotenv, job, inspect, explain, transfer, deliver, mapping, mappingfile, people, posthog, customerio, ledger, source, objectstore, sandbox, progress, redact, jsonschema
//	terminal    inspect, explain, transfer, deliver, mapping, people, posthog, customerio, rawjson
//	webreport   terminal, inspect, transfer, deliver, mapping, posthog, source, redact
//	inspect     transfer, deliver, mapping, people, posthog, source, parallel, rawjson
//	explain     transfer, mapping, people, posthog, customerio
//	job         transfer, deliver, asread, mapping, posthog, ledger, source
//	transfer    deliver, asread, mapping, people, posthog, customerio, ledger, source, parallel, rawjson, spool
//	deliver     customerio, ledger
//	mapping     mappingfile, propertyfilter, people, posthog, customerio, expression, rawjson, redact
//	mappingfile expression, rawjson
//	propertyfilter posthog, rawjson
//	expression  rawjson, redact
//	people      posthog, fold, identity, parallel, rawjson, spool
//	fold        identity, rawjson, spool
//	posthog     source, codec, parquet, rawjson
//	parquet     codec
//	asread      ledger, source
//	customerio  rawjson
//	source      escape, parallel
//	objectstore source
//
// Besides, a package may import what helps with one thing: exit where its errors end a run, escape and
// regularfile where text and files come from outside, leftovers, durable and diskspace where it makes files,
// loopback where it checks addresses, spelling where it says what was probably meant, report
// where it writes for people. Nothing else of ours is imported but within sandbox and testkit;
// imports_test.go has the whole list.
//
// A new kind of thing to send needs its operation in customerio, a file in mapping, and a phase in transfer's
// send.go and ledger's position.go; if it is to be sent only when it changes, also a table in ledger.
//
// Only cli knows the terminal and the environment. If a line of code holds both a $name of PostHog's and an
// action of Customer.io's, it belongs in mapping.
//
// Inside a package files form layers too: a type's methods lie in its file, and a file that others rest on
// knows nothing of those that direct. At most 8 files of a package may use each other in a cycle, 20 in cli;
// cycles_test.go has the limits of packages that still have more.
//
// The rule of iterators: a problem with one row or operation is yielded as an error type of its own, and the
// sequence goes on; any other error is the last thing yielded. Producers never log. transfer alone decides to
// skip or to stop.
//
// One word has one meaning. `ph2cio help terms` explains those that users read; in code they are:
//
//	row            one event in an export, in most formats a line
//	event          what a row says happened; in Customer.io also a page or a screen
//	operation      one thing for the API to do: identify, event, page, screen, merge
//	batch          operations that travel together: the body of one request
//	request        one HTTP request
//	chunk          about 1 MiB of whole rows, which are decoded and mapped at once
//	pass           one reading of all sources, of two
//	phase          a part of sending that ends before the next begins: people, events, merges, late identifies
//	person         somebody in PostHog, with one or more distinct IDs
//	profile        Customer.io's record of a person; billed
//	distinct ID    the ID on a row
//	kept ID        the ID that a person goes by in Customer.io
//	link           a row that says that two IDs are one person
//	skipped        left out by choice or by rule; people read "left out"
//	waiting        skipped for now, so that a later run may send it
//	rejected       failed our check or the API's, and was not sent
//	duplicate      a row whose event another row stands for
//	already sent   acknowledged by an earlier run, or before this one was resumed; "earlier" in counts
//	queued         ready to send when a run stopped, but in no request yet
//	acknowledged   answered by the API, and thus done
//	checkpoint     a position and all counts, rejects and people up to it, saved in one transaction
//	resume         continue a run that stopped before its end
//	replan         plan again from the start (--restart), without forgetting what was sent
//	state          what one workspace's directory holds between runs
//	failed         ended the run
package internal
