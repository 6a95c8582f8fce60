// Package cli is the command line: commands, settings, exit codes, and what a person or a program reads.
//
// Each command has a file of its name: init, inspect, preview, check, backfill, sync, retry, status, explain,
// mapping, sandbox, completion, version, help. The other files begin alike if they belong together:
//
//	main, program    starting a command: the root command, what all commands share
//	flagsmapping, flagsidentity, flagsreading, flagssending    the flags, and the options they are turned into
//	flagspeople, flagsonly, flagssent    files of people, --only, the flags that a resumed run compares
//	flag...          what is true of every flag: names, facts for help, mistakes
//	flagsmappable                                   the flags that a mapping file may set
//	settings, setting..., credentials               values from the environment, the .env file and the mapping file
//	mapping...       the subcommands of mapping
//	previewdiff      the preview of a change of the mapping file
//	init..., secretinput...    asking for credentials, and writing the .env file
//	previewnext, onlynext      trying one person, and what follows
//	run...           the loop of backfill, sync, retry and preview: plan, first pass, question, delivery
//	destination, state..., sources..., stdin        what such a run opens before it reads
//	report, reportwrite                             the HTML page of --report
//	profilescsv, profilescsvwrite                   the list of --profiles-csv
//	output..., protected...    files that flags name, and what they must not overwrite
//	notify...        the line in the log, the metrics file and the ping after a run
//	package terminal                                the text that a person reads, and how it is laid out
//	jsonout, log, jsonlog, plainjson                documents and logs for programs
//	jsonschema                                      what is in these documents, which help json-schema prints
//	logfile, logfileopen                            the file of --log-file
//	screen                                          what the terminal can do for the bar
//	errors, errortext, mistyped..., stopping        errors with exit codes and hints, suggestions, signals
//	trouble                                         what is said while the API does not answer
//
// A new flag needs describe beside its definition; a new command, a file and a line in addCommands.
package cli
