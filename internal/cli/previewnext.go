package cli

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"ph2cio/internal/ledger"
	"ph2cio/internal/transfer"
)

// tryOne returns the backfill that sends one person of a preview, with the same flags, for somebody who has
// sent nothing yet; or that of everybody, after a backfill that has tried a few. It is empty if other runs have
// sent something, or if there is nobody to try it with.
func (s *previewJob) tryOne(ctx context.Context, first *transfer.FirstPass) (string, error) {
	if s.options.mapping.identity.names != nil || slices.Contains(s.p.args, stdinSource) {
		return "", nil
	}
	if s.earlier != nil {
		last, err := s.earlier.LastRun(ctx)
		if err != nil {
			return "", err
		}
		if last != nil {
			return afterTry(last), nil
		}
	}
	for person := range first.People.People() {
		if id := person.DistinctID; isPlainName(id) {
			return backfillOf(s.p.resumeArgs(), id), nil
		}
	}
	return "", nil
}

// afterTry is the backfill of everybody after one that has tried a few with --only and is done; else empty.
func afterTry(last *ledger.Run) string {
	if all, named := withoutOnly(last.Typed); named != "" && last.Command == backfillCommand && !last.Ended.IsZero() {
		return all
	}
	return ""
}

// isPlainName reports whether --only takes an ID as it is.
func isPlainName(id string) bool {
	return strconv.Quote(id) == `"`+id+`"` && strings.TrimSpace(id) == id && !strings.ContainsAny(id, ",@*?[") && !strings.HasPrefix(id, "-")
}

// backfillOf is the backfill of one person with the flags of a preview, without those that only a preview
// has, that would show less, or that would replace what the preview has written. It is empty for the command
// line of another command.
func backfillOf(preview []string, id string) string {
	if len(preview) == 0 || preview[0] != "preview" {
		return ""
	}
	args := []string{"backfill", "--only", id}
	for i := 1; i < len(preview); i++ {
		name, _, hasValue := strings.Cut(preview[i], "=")
		switch {
		case preview[i] == "--":
			return "ph2cio " + shellJoin(append(args, preview[i:]...))
		case slices.Contains([]string{"--json", "--fresh", "--quiet", "-q", "--" + reportExamplesFlag}, name):
		case slices.Contains([]string{"--limit", "--" + operationsFlag, "--" + reportFlag, "--" + profilesCSVFlag}, name):
			if !hasValue {
				i++
			}
		default:
			args = append(args, preview[i])
		}
	}
	return "ph2cio " + shellJoin(args)
}
