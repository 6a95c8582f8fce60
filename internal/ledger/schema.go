package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// applicationID marks a file as a state.db of ours: "ph2c".
const applicationID = 0x70683263

// migrations lead from each version of the schema to the next: the first makes version 1 of an empty file.
// The statements of one that has been released are never changed.
//
// Until the first release there is only version 1, and changes of the schema are made in it. The comments in
// the statements describe what blobs hold; formOf hashes them too, so a change of a blob changes the form.
// Open refuses a file of another form.
var migrations = []string{version1}

// formKey is the name in meta of the form of the file; see formOf.
const formKey = "form"

// formOf is a hash of the statements that make a version of the schema, their comments included.
func formOf(version int) string {
	sum := sha256.Sum256([]byte(strings.Join(migrations[:version], "")))
	return hex.EncodeToString(sum[:8])
}

const version1 = `
CREATE TABLE meta (
	key   TEXT PRIMARY KEY, -- base_url, environment_id, id_scheme, form, newest_event and others
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
	id      INTEGER PRIMARY KEY,
	command TEXT NOT NULL,    -- backfill
	typed   TEXT NOT NULL,    -- what to type to go on
	version TEXT NOT NULL,    -- of the program
	began   INTEGER NOT NULL, -- unix seconds
	now     INTEGER NOT NULL, -- the run's own now, unix nanoseconds
	flags   TEXT NOT NULL,    -- those that change what is sent, as a JSON object
	people  BLOB NOT NULL,    -- stands for the people that the first reading found
	rows    INTEGER NOT NULL, -- that the first reading found
	phase   INTEGER NOT NULL, -- 1 people, 2 events, 3 merges, 4 emails
	replaces INTEGER NOT NULL, -- 1 if its entries in learnt hold those of all runs before, which are deleted when it ends
	ended   INTEGER,          -- unix seconds; null while there is something left to do
	outcome TEXT,             -- done, rejects, trouble or replaced, once it has ended
	summary TEXT              -- what the last run that has ended has told, a JSON object; null for the others
) STRICT;

CREATE TABLE sources (
	run         INTEGER NOT NULL REFERENCES runs,
	number      INTEGER NOT NULL, -- in reading order, from 0
	path        TEXT NOT NULL,    -- absolute, or a URL
	size        INTEGER NOT NULL, -- bytes on disk
	fingerprint TEXT NOT NULL,    -- of its rows
	first       INTEGER NOT NULL, -- number of its first row in reading order over all sources
	rows        INTEGER NOT NULL,
	trouble     TEXT,             -- why it was not read to its end
	modified    INTEGER,          -- unix nanoseconds; null when unknown, and when the file was gone for a while
	ends        TEXT,             -- stands for the first and the last bytes of the file, or for the tag of an object
	missed      INTEGER,          -- unix seconds of when a run first found the file gone, and kept waiting rows of it; null while it is there
	PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX sources_by_path ON sources (path, run);

-- How far a phase of a run has come: everything before next is done, but for what is open. Numbers are rows in reading
-- order over all sources for events, people and merges in sending order for the others.
CREATE TABLE positions (
	run      INTEGER NOT NULL REFERENCES runs,
	phase    INTEGER NOT NULL,
	next     INTEGER NOT NULL,
	open     BLOB NOT NULL,    -- spans as pairs of varints: the gap since the span before, the length
	counters TEXT NOT NULL,    -- of all phases up to here, as a JSON object
	saved    INTEGER NOT NULL, -- unix seconds
	PRIMARY KEY (run, phase)
) STRICT, WITHOUT ROWID;

-- People whose identify was accepted, many to a row, in the order of acceptance. Once in a while those who were accepted
-- several times are stored once, in the place of the first time. The file has auto_vacuum=INCREMENTAL.
CREATE TABLE people (
	id     INTEGER PRIMARY KEY,
	run    INTEGER NOT NULL REFERENCES runs,
	saved  INTEGER NOT NULL, -- unix seconds
	count  INTEGER NOT NULL,
	people BLOB NOT NULL     -- for each: 16 bytes of a hash of the identify without what it removes, 8 of one of
	                         -- the email in Customer.io (0 if there was none ever, 2 for none any more), then with
	                         -- their lengths the kind of the identifier, its value and the kept distinct ID (empty
	                         -- if it is the value), then unix seconds of the newest data, and with their
	                         -- length 4 bytes of a hash of the name of each attribute that was removed, rising
) STRICT;

CREATE TABLE merges (
	id              INTEGER PRIMARY KEY,
	run             INTEGER NOT NULL REFERENCES runs,
	number          INTEGER NOT NULL, -- in the run's sending order
	primary_kind    TEXT NOT NULL,
	primary_value   TEXT NOT NULL,
	secondary_kind  TEXT NOT NULL,
	secondary_value TEXT NOT NULL,
	intended        INTEGER NOT NULL, -- unix seconds
	done            INTEGER,          -- unix seconds
	UNIQUE (secondary_kind, secondary_value, primary_kind, primary_value)
) STRICT;

CREATE TABLE rejects (
	run     INTEGER NOT NULL REFERENCES runs,
	phase   INTEGER NOT NULL,
	number  INTEGER NOT NULL, -- as in positions
	reason  TEXT NOT NULL,
	text    TEXT NOT NULL,    -- the line of rejects.jsonl
	key     BLOB,             -- a hash of the text of a row, or of what was refused
	event   BLOB,             -- of a row that is an event: the event's ID, which has day 0 if its day is not known
	person  TEXT,             -- of an identify, and of a row that was rejected with its person: the kept distinct ID
	retried INTEGER,          -- the run that tried it again; its own where it is only listed here
	sent    INTEGER,          -- the run that sent its event in whatever version, or has one wait, or sent another identify of its person
	dismissed INTEGER,        -- unix seconds, when somebody closed it for good
	PRIMARY KEY (run, phase, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX open_rejects ON rejects (event) WHERE retried IS NULL AND sent IS NULL AND dismissed IS NULL;
CREATE INDEX rejected_people ON rejects (person, phase) WHERE person IS NOT NULL AND retried IS NULL;

-- What runs have learnt of who is who, of each run what is new, or everything so far: entries with their lengths as varints in front, about a megabyte of them compressed
-- together with zstd. They are made with the seed that meta has as learnt_seed, and with the numbers of property_keys.
CREATE TABLE learnt (
	run     INTEGER NOT NULL REFERENCES runs,
	part    INTEGER NOT NULL,
	entries BLOB NOT NULL,
	PRIMARY KEY (run, part)
) STRICT, WITHOUT ROWID;

CREATE TABLE property_keys (
	number INTEGER PRIMARY KEY,
	name   TEXT NOT NULL
) STRICT;

-- Rows that wait for a later run, of many IDs together.
CREATE TABLE waiting (
	run    INTEGER NOT NULL,
	source INTEGER NOT NULL,
	rules  INTEGER NOT NULL, -- the run whose flags say which rows of the source wait
	part   INTEGER NOT NULL,
	count  INTEGER NOT NULL, -- of rows
	due    INTEGER NOT NULL, -- the earliest time at which a row of waits stops being recent, unix seconds; 0 without such rows
	waits  BLOB NOT NULL,    -- sorted, for the rows of each ID and reason: 16 bytes of a hash of the distinct ID, made with the seed of learnt, a byte
	                         -- with the reason (1 anonymous, 2 no_email, 3 two_profiles, 4 recent), as a varint how many rows follow, for recent in zigzag the
	                         -- earliest time at which one stops being recent, and 4 bytes of a hash of the event of each row
	PRIMARY KEY (run, source, rules, part),
	FOREIGN KEY (run, source) REFERENCES sources (run, number)
) STRICT, WITHOUT ROWID;

-- Keys of events that were acknowledged, so that no event is sent twice. Those of one day and run are in parts, in each of
-- which they are sorted. What was forgotten is before the day that meta has as keys_from.
CREATE TABLE keys (
	day   INTEGER NOT NULL, -- of the events in UTC, from 1970-01-01
	run   INTEGER NOT NULL REFERENCES runs,
	part  INTEGER NOT NULL,
	count INTEGER NOT NULL,
	keys  BLOB NOT NULL,    -- for each: 10 bytes of the event ID, 3 of a hash of what the row says, and as a varint when
	                        -- PostHog took the row in: 0 when not known, else 1 more than the zigzag seconds since the day began
	PRIMARY KEY (day, run, part)
) STRICT, WITHOUT ROWID;

-- The types of columns of CSV, as far as runs know them, and the cell that made a column text.
CREATE TABLE columns (
	name     TEXT PRIMARY KEY, -- properties.NAME or person.properties.NAME
	kinds    INTEGER NOT NULL, -- of its cells, bits: 1 number, 2 True or False, 4 true or false, 8 JSON, 16 text
	"column" TEXT NOT NULL,    -- as the file names it; this and the rest are empty where no cell has made it text
	path     TEXT NOT NULL,
	line     INTEGER NOT NULL,
	cell     TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The manifests of batch exports in stores of objects all of whose files runs have read, so that no night opens them again.
CREATE TABLE manifests (
	path TEXT PRIMARY KEY, -- a URL
	ends TEXT NOT NULL     -- stands for the version, as in sources
) STRICT, WITHOUT ROWID;

-- What was found in objects of stores whose names do not say what they are, so that no night opens them again.
CREATE TABLE recognised (
	path  TEXT PRIMARY KEY, -- a URL
	ends  TEXT NOT NULL,    -- stands for the version, as in sources
	rules TEXT NOT NULL,    -- stands for what decided: the program, and the flags that say how to read
	stray INTEGER NOT NULL, -- 1 if it is no export
	row   INTEGER NOT NULL, -- of a stray: the first line that is a row of an export nevertheless, from 1; 0 for none
	late  INTEGER NOT NULL  -- 1 if that row comes too late for recognising the object
) STRICT, WITHOUT ROWID;
`
