package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/spf13/pflag"

	"ph2cio/internal/exit"
	"ph2cio/internal/export"
	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/regularfile"
)

// resendOldFlag sends rows of days of which it is forgotten what was sent.
const resendOldFlag = "resend-old"

// sentFlags are the flags that change what is sent, where they are not the default, with what is in the files that they name.
// --exclude is not among them: it chooses among sources, and those are compared by themselves.
func sentFlags(flags *pflag.FlagSet, o *identityOptions, plan *export.Plan) (map[string]string, error) {
	sent := map[string]string{}
	flags.VisitAll(func(f *pflag.Flag) {
		if value := f.Value.String(); f.Changed && value != f.DefValue && !known(f, sameFact) {
			sent[f.Name] = value
		}
	})
	files := map[string][]string{"existing": {o.existing}, "exclude-people": {o.exclude}}
	for _, source := range plan.Persons {
		files["persons"] = append(files["persons"], source.Name)
	}
	for name, paths := range files {
		if paths[0] == "" {
			continue
		}
		sum, err := contents(paths)
		if err != nil {
			return nil, &problem{err: fmt.Errorf("--%s: %w", name, err), code: exit.Input}
		}
		sent[name] = filesWith + sum
	}
	return sent, nil
}

// filesWith is in front of what stands for the files that a flag names.
const filesWith = "files with SHA-256 "

// contents is a hash of all that is in some files.
func contents(paths []string) (string, error) {
	h := sha256.New()
	for _, path := range paths {
		file, err := regularfile.Open(path)
		if err != nil {
			return "", err
		}
		_, err = io.Copy(h, file)
		if err = errors.Join(err, file.Close()); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// flagsText is how the ledger keeps them.
func flagsText(sent map[string]string) (string, error) {
	text, err := json.Marshal(sent)
	return string(text), err
}

// differences names each flag that is not what a run began with.
func differences(sent map[string]string, begun *ledger.Run) ([]string, error) {
	then := map[string]string{}
	if err := json.Unmarshal([]byte(begun.Flags), &then); err != nil {
		return nil, fmt.Errorf("read the flags that the run began with: %w", err)
	}
	names := slices.Collect(maps.Keys(sent))
	names = slices.Compact(slices.Sorted(slices.Values(slices.AppendSeq(names, maps.Keys(then)))))
	var all []string
	for _, name := range names {
		if sent[name] != then[name] {
			all = append(all, fmt.Sprintf("--%s was %s and is now %s", name, valueText(then[name]), valueText(sent[name])))
		}
	}
	return all, nil
}

func valueText(value string) string {
	if value == "" {
		return "not given"
	}
	return fmt.Sprintf("%.100q", value)
}

// leavesOut are the flags that choose rows, with the reasons that rows are skipped for by them.
var leavesOut = map[string][]string{
	"events": {mapping.ReasonFiltered, mapping.ReasonNoise}, "skip-events": {mapping.ReasonFiltered, mapping.ReasonNoise},
	"since": {mapping.ReasonOutOfRange}, "until": {mapping.ReasonOutOfRange}, "live-since": {mapping.ReasonLive},
	"team": {export.ReasonOtherTeam}, "only": {mapping.ReasonNotAsked}, "exclude-people": {mapping.ReasonExcluded},
	resendOldFlag: {mapping.ReasonTooOld},
}

// leftOut are the reasons for which a run may skip rows that a run with those flags did not.
func (j *journey) leftOut(flags string) map[string]bool {
	sent := map[string]string{}
	then := map[string]string{}
	_ = json.Unmarshal([]byte(j.flags), &sent) // what is not a set of flags has chosen no rows
	_ = json.Unmarshal([]byte(flags), &then)
	reasons := map[string]bool{}
	for name, of := range leavesOut {
		if sent[name] == then[name] {
			continue
		}
		for _, reason := range of {
			reasons[reason] = true
		}
	}
	return reasons
}
