package cli

import (
	"slices"
	"strings"
	"testing"

	"ph2cio/internal/exit"
)

// TestDidYouMean holds that mistyped names are answered with the one that may be meant.
func TestDidYouMean(t *testing.T) {
	for args, says := range map[string]string{
		"preveiw x":                            `unknown command "preveiw"; did you mean preview?`,
		"Backfill x":                           `unknown command "Backfill"; did you mean backfill?`,
		"frob":                                 `unknown command "frob"`,
		"help bakfill":                         `there is no help about "bakfill"; did you mean backfill?`,
		"help identiy":                         `there is no help about "identiy"; did you mean identity?`,
		"help exit-code":                       `there is no help about "exit-code"; did you mean exit-codes?`,
		"help preview frob":                    `there is no help about "preview frob"`,
		"completion bsh":                       `there is no completion for "bsh"; did you mean bash?`,
		"backfill --poeple=all x":              "unknown flag: --poeple; did you mean --people?",
		"backfill --poeple all x":              "unknown flag: --poeple; did you mean --people?",
		"preview --people identifed x":         `--people must be identified, with-email or all, not "identifed"; did you mean identified?`,
		"preview --people ALL x":               `--people must be identified, with-email or all, not "ALL"; did you mean all?`,
		"preview --people some x":              `--people must be identified, with-email or all, not "some"` + "\n",
		"preview --identify-by id,emial":       `--identify-by must be id, email or cio_id, not "emial"; did you mean email?`,
		"preview --page-name ttle x":           `--page-name must be url, url-no-query, path, title or event, not "ttle"; did you mean title?`,
		"preview --merge neded x":              `--merge must be never, needed or identify, not "neded"; did you mean needed?`,
		"status --log-format jsno":             `--log-format must be text or json, not "jsno"; did you mean json?`,
		"backfill x --people":                  "--people needs a value: identified, with-email or all",
		"backfill x --identify-by":             "--identify-by needs a value: id, email or cio_id",
		"backfill x --since":                   "--since needs a value: TIME",
		"backfill --all x":                     "--all goes with --help",
		"preview --identity of x":              `--identity must be on or off, not "of"; did you mean off?`,
		"help send":                            `there is no help about "send"; did you mean sending?`,
		"send x":                               `unknown command "send"; did you mean backfill?` + "\n",
		"resume":                               "`ph2cio status` shows it",
		"../../testdata":                       "hint: to see what is in it, type: ph2cio inspect ../../testdata\n",
		"status x":                             `status takes no arguments, but was given "x"`,
		"backfill x --first-run":               "unknown flag: --first-run; it is a flag of sync\nhint: `ph2cio backfill --help --all` lists all its flags\n",
		"preview x --regon us":                 "unknown flag: --regon; did you mean --region, a flag of check, backfill, sync, retry and init?",
		"--region us":                          "unknown flag: --region; it is a flag of check, backfill, sync, retry and init\nhint: `ph2cio --help` lists",
		"backfill x --continue":                "unknown flag: --continue; a run that stopped resumes when you run the same command again",
		"backfill x --start-over":              "unknown flag: --start-over; did you mean --restart?",
		"backfill x --exclude-person y":        "unknown flag: --exclude-person; did you mean --exclude-people?",
		"backfill x --state-dir y":             "unknown flag: --state-dir; did you mean --state?",
		"sync x --wait 5m":                     "unknown flag: --wait; did you mean --wait-lock?",
		"preview x --People all":               "unknown flag: --People; did you mean --people?",
		"preview x --page_name url":            "unknown flag: --page_name; did you mean --page-name?",
		"backfill x --api-key k":               "unknown flag: --api-key; set `CUSTOMERIO_SITE_ID` and `CUSTOMERIO_API_KEY` in the environment or .env",
		"preview x --limit -1":                 "--limit must be 0 or more, not -1",
		"help first-run":                       "hint: --first-run is a flag of sync: `ph2cio help nightly`",
		"help $autocapture":                    "`ph2cio help mapping` says",
		"sandbox --listen 127.0.0.1:99999":     "invalid port\nhint: `ph2cio sandbox --help` shows how to use it\n",
		"preview --ca-cert x y":                "unknown flag: --ca-cert; it is a flag of check, backfill, sync, retry and init",
		"backfill --yes --ca-cert version.g y": "error: --ca-cert: version.g does not exist\nhint: did you mean version.go?\n",
		"preview --env-file none y":            "error: --env-file: read settings from none: no such file or directory\nhint: check the path\n",
		"explain x y --id y":                   "the ID y is given twice, at the end and with --id",
		"explain":                              "hint: for example: ph2cio explain export/ user_1001\n",
	} {
		out := runProgram(t, nil, strings.Fields(args)...)
		if out.code != exit.Usage || !strings.Contains(out.stderr, says) || out.stdout != "" {
			t.Errorf("%s: exit code %d, and not %q:\n%s", args, out.code, says, out.stderr)
		}
	}
}

// TestMistypedNamesHideSecrets holds that what may be a secret in the place of a name is not shown.
func TestMistypedNamesHideSecrets(t *testing.T) {
	for _, args := range []string{
		"CUSTOMERIO_API_KEY=0f3sesame backfill x", "0f3sesame", "help KEY=0f3sesame", "completion 0f3sesame", "backfill --poeple=0f3sesame x",
		"backfill -k0f3sesame x", "backfill -é0f3sesame x", "backfill --0f3sesame x", "backfill --yes --region 0f3sesame x", "preview --people 0f3sesame x", "preview --identify-by id,0f3sesame x",
		"backfill --key=0f3sesame x", "backfill -key0f3-sesame x", "backfill -n0f3sesame x", "status KEY=0f3sesame",
	} {
		out := runProgram(t, nil, strings.Fields(args)...)
		if out.code != exit.Usage || strings.Contains(out.stdout+out.stderr, "sesame") {
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
		if short != long || short.code != exit.Done || short.stderr != "" || len(short.stdout) < 100 {
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

// TestNamesOfOtherProgramsLeadToFlags holds that what is called otherwise elsewhere is not so here, and has
// a name here.
func TestNamesOfOtherProgramsLeadToFlags(t *testing.T) {
	root := newRoot(newProgram(Env{}, nil))
	known := append(flagNames(root), "verbose", "quiet", "json", "env-file", "log-format")
	for other, names := range otherNames {
		if slices.Contains(known, other) {
			t.Errorf("--%s is a flag", other)
		}
		for name := range strings.FieldsSeq(names) {
			if !slices.Contains(known, name) {
				t.Errorf("--%s stands for --%s, which is no flag", other, name)
			}
		}
	}
	for other, name := range otherCommands {
		if slices.Contains(subcommandNames(root), other) || !strings.Contains(name, " ") && !slices.Contains(subcommandNames(root), name) {
			t.Errorf("%s stands for %s", other, name)
		}
	}
}
