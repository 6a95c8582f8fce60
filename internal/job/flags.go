package job

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ph2cio/internal/mapping"
	"ph2cio/internal/transfer"
)

// Flags are the flags that change what is sent, where they are not the default, by their names without
// dashes. For one that names files stands FilesWith and a hash of what is in them.
type Flags map[string]string

// FilesWith is in front of the hash that stands for the files that a flag names.
const FilesWith = "files with SHA-256 "

// Text returns the flags as the ledger keeps them.
func (f Flags) Text() (string, error) {
	text, err := json.Marshal(f)
	return string(text), err
}

// readFlags reads what the ledger keeps.
func readFlags(text string) (f Flags, err error) {
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		return nil, fmt.Errorf("read the flags that the run began with: %w", err)
	}
	return f, nil
}

// Change is a flag that has another value than a run began with. A value is empty where the flag was not
// given.
type Change struct{ Flag, Was, Is string }

func (c Change) String() string {
	return fmt.Sprintf("--%s was %s and is now %s", c.Flag, valueText(c.Was), valueText(c.Is))
}

// ofFiles reports whether only what is in files has changed, which it may do every night.
func (c Change) ofFiles() bool {
	return strings.HasPrefix(c.Was, FilesWith) && strings.HasPrefix(c.Is, FilesWith)
}

func valueText(value string) string {
	if value == "" {
		return "not given"
	}
	return fmt.Sprintf("%.100q", value)
}

// changesFrom returns each flag that is not what a run began with, in the order of their names. then are its
// flags as the ledger has them.
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

// ResendOldFlag sends rows of days of which it is forgotten what was sent.
const ResendOldFlag = "resend-old"

// choosers are the flags that choose rows, with the reasons for which rows are skipped by them.
var choosers = map[string][]string{
	"events": {mapping.ReasonFiltered, mapping.ReasonNoise}, "skip-events": {mapping.ReasonFiltered, mapping.ReasonNoise},
	"since": {mapping.ReasonOutOfRange}, "until": {mapping.ReasonOutOfRange}, "live-since": {mapping.ReasonLive},
	"team": {transfer.ReasonOtherTeam}, "only": {mapping.ReasonNotNamed}, "exclude-people": {mapping.ReasonExcluded},
	ResendOldFlag: {mapping.ReasonTooOld},
}

// skipsMore returns the reasons for which a run may skip rows that a run with other flags did not skip. Both
// are texts of the ledger.
func skipsMore(flags, then string) map[string]bool {
	now, _ := readFlags(flags) // what is not a set of flags has chosen no rows
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
