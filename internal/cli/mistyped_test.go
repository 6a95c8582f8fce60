package cli

import (
	"slices"
	"strings"
	"testing"
)

// TestDidYouMean holds that mistyped names are answered with the one that may be meant.
func TestDidYouMean(t *testing.T) {
	for args, says := range map[string]string{
		"preveiw x":                      `unknown command "preveiw"; did you mean preview?`,
		"Backfill x":                     `unknown command "Backfill"; did you mean backfill?`,
		"frob":                           `unknown command "frob"`,
		"help bakfill":                   `there is no help about "bakfill"; did you mean backfill?`,
		"help identiy":                   `there is no help about "identiy"; did you mean identity?`,
		"help exit-code":                 `there is no help about "exit-code"; did you mean exit-codes?`,
		"help preview frob":              `there is no help about "preview frob"`,
		"completion bsh":                 `there is no completion for "bsh"; did you mean bash?`,
		"backfill --poeple=all x":        "unknown flag: --poeple; did you mean --people?",
		"backfill --poeple all x":        "unknown flag: --poeple; did you mean --people?",
		"preview --people identifed x":   `--people must be identified, with-email or all, not "identifed"; did you mean identified?`,
		"preview --people ALL x":         `--people must be identified, with-email or all, not "ALL"; did you mean all?`,
		"preview --people some x":        `--people must be identified, with-email or all, not "some"` + "\n",
		"preview --identify-by id,emial": `--identify-by must be id, email or cio_id, not "emial"; did you mean email?`,
		"preview --page-name ttle x":     `--page-name must be url, url-no-query, path, title or event, not "ttle"; did you mean title?`,
		"preview --merge neded x":        `--merge must be never, needed or identify, not "neded"; did you mean needed?`,
		"status --log-format jsno":       `--log-format must be text or json, not "jsno"; did you mean json?`,
		"backfill x --people":            "--people needs a value: identified, with-email or all",
		"backfill x --identify-by":       "--identify-by needs a value: id, email or cio_id",
		"backfill x --since":             "--since needs a value: TIME",
		"backfill --all x":               "--all goes with --help",
	} {
		out := runProgram(t, nil, strings.Fields(args)...)
		if out.code != exitUsage || !strings.Contains(out.stderr, says) || out.stdout != "" {
			t.Errorf("%s: exit code %d, and not %q:\n%s", args, out.code, says, out.stderr)
		}
	}
}

// TestMistypedNamesHideSecrets holds that what may be a secret in the place of a name is not shown.
func TestMistypedNamesHideSecrets(t *testing.T) {
	for _, args := range []string{
		"CUSTOMERIO_API_KEY=0f3sesame backfill x", "0f3sesame", "help KEY=0f3sesame", "completion 0f3sesame", "backfill --poeple=0f3sesame x",
		"backfill -k0f3sesame x", "backfill -é0f3sesame x", "backfill --0f3sesame x", "backfill --yes --region 0f3sesame x", "preview --people 0f3sesame x", "preview --identify-by id,0f3sesame x",
	} {
		out := runProgram(t, nil, strings.Fields(args)...)
		if out.code != exitUsage || strings.Contains(out.stdout+out.stderr, "sesame") {
			t.Errorf("%s: exit code %d\n%s%s", args, out.code, out.stdout, out.stderr)
		}
	}
}

// TestHelpFlagAnywhere holds that -h and --help do the same, also behind other flags and arguments.
func TestHelpFlagAnywhere(t *testing.T) {
	for _, before := range []string{
		"", "backfill", "backfill x --people all", "backfill --people nonsense --rate x", "preview -q", "explain x y", "status", "completion", "completion bash",
		"help", "help backfill", "identity", "version --json", "sandbox", "check", "retry -y",
	} {
		short, long := runProgram(t, nil, append(strings.Fields(before), "-h")...), runProgram(t, nil, append(strings.Fields(before), "--help")...)
		if short != long || short.code != exitDone || short.stderr != "" || len(short.stdout) < 100 {
			t.Errorf("%s -h: exit code %d\n%s%s", before, short.code, short.stdout, short.stderr)
		}
	}
	words := []string{"backfill", "--all", "-h"}
	want := runProgram(t, nil, "help", "backfill", "--all")
	for range len(words) {
		if got := runProgram(t, nil, words...); got != want {
			t.Errorf("%q is not help backfill --all:\n%s%s", words, got.stdout, got.stderr)
		}
		words = slices.Concat(words[1:], words[:1])
	}
}
