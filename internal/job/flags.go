package job

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ph2cio/internal/mapping"
	"ph2cio/internal/transfer"
)

// Flags has the flags that change what is sent and are not the default, by their names without dashes. The
// value of a flag that names files is FilesWith and a hash of their content, and that of a flag with a file of
// rules RulesWith and a hash of what they mean.
type Flags map[string]string

// FilesWith precedes the hash of the files that a flag names.
const FilesWith = "files with SHA-256 "

// RulesWith precedes the hash of the rules in the file that a flag names. A change of rules counts like that of
// any flag, since they do not change every night as the content of other files may.
const RulesWith = "rules with SHA-256 "

// Text returns the flags in the form in which the ledger saves them.
func (f Flags) Text() (string, error) {
	text, err := json.Marshal(f)
	return string(text), err
}

// readFlags reads flags that the ledger has saved.
func readFlags(text string) (f Flags, err error) {
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		return nil, fmt.Errorf("read the flags that the run began with: %w", err)
	}
	return f, nil
}

// Change is a flag whose value differs from that of an earlier run. A value is empty if the flag was not
// given.
type Change struct{ Flag, Was, Is string }

// String returns the change as people read it.
func (c Change) String() string {
	if strings.HasPrefix(c.Was, RulesWith) && strings.HasPrefix(c.Is, RulesWith) {
		return fmt.Sprintf("the file of --%s says something else now", c.Flag)
	}
	return fmt.Sprintf("--%s was %s and is now %s", c.Flag, valueText(c.Was), valueText(c.Is))
}

// ofFiles reports whether only the content of files has changed, which happens every night.
func (c Change) ofFiles() bool {
	return strings.HasPrefix(c.Was, FilesWith) && strings.HasPrefix(c.Is, FilesWith)
}

// ofDefaults reports whether the flag says the same as before because it is what one of two commands does
// anyway: without the flag, a backfill holds recent events, and a sync and a retry send them.
func (c Change) ofDefaults(was, is Command) bool {
	return c.Flag == recentFlag && cmp.Or(c.Was, recentBy(was)) == cmp.Or(c.Is, recentBy(is))
}

// recentFlag is the flag that holds or sends recent events.
const recentFlag = "recent"

// recentBy returns what a command does with recent events without the flag.
func recentBy(command Command) string {
	if command == Backfill {
		return "hold"
	}
	return "send"
}

func valueText(value string) string {
	switch {
	case value == "":
		return "not given"
	case strings.HasPrefix(value, RulesWith):
		return "a file with rules"
	}
	return fmt.Sprintf("%.100q", value)
}

// changesFrom returns the flags that differ from those of an earlier run, by name. then are the flags of that
// run as the ledger has saved them.
func (f Flags) changesFrom(then string) (all []Change, err error) {
	before, err := readFlags(then)
	if err != nil {
		return nil, err
	}
	names := slices.AppendSeq(slices.Collect(maps.Keys(f)), maps.Keys(before))
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if f[name] != before[name] {
			all = append(all, Change{Flag: name, Was: before[name], Is: f[name]})
		}
	}
	return all, nil
}

// ResendOldFlag is the flag that sends rows also of days of which the ledger no longer has what was sent.
const ResendOldFlag = "resend-old"

// RetryMergesFlag is the flag of a retry that tries rejected merges too. It says nothing about rows.
const RetryMergesFlag = "merges"

// choosers has the flags that choose rows, and for each flag the reasons for which it skips rows.
var choosers = map[string][]string{
	"events": {mapping.ReasonFiltered, mapping.ReasonNoise}, "skip-events": {mapping.ReasonFiltered, mapping.ReasonNoise},
	"since": {mapping.ReasonOutOfRange}, "until": {mapping.ReasonOutOfRange}, "live-since": {mapping.ReasonLive},
	"live-backfilled": {mapping.ReasonLive},
	"team":            {transfer.ReasonOtherTeam}, "only": {mapping.ReasonNotNamed}, "exclude-people": {mapping.ReasonExcluded},
	"mapping": {mapping.ReasonByRule, mapping.ReasonNoise, mapping.ReasonTestAccount}, ResendOldFlag: {mapping.ReasonTooOld},
}

// skipsMore returns the reasons for which a run may skip rows that an earlier run did not skip. flags and
// then are the flags of the two runs, as the ledger saves them.
func skipsMore(flags, then string) map[string]bool {
	now, _ := readFlags(flags) // without flags, as in a preview, all are at their defaults
	before, _ := readFlags(then)
	reasons := map[string]bool{}
	for name, of := range choosers {
		if now[name] == before[name] {
			continue
		}
		for _, reason := range of {
			reasons[reason] = true
		}
	}
	return reasons
}
