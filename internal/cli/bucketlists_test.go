package cli

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"ph2cio/internal/exit"
	"ph2cio/internal/source"
)

// TestCommandsListOnce counts how often commands ask a store what it has.
func TestCommandsListOnce(t *testing.T) {
	t.Parallel()
	b := newBucket(t)
	b.put("export/a.jsonl", orderRows(0, 5)...)
	b.put("export/part-0", orderRows(5, 9)...)
	b.put("lists/existing.csv", "id,email", "user_1,maya@example.com")
	b.put("lists/never.txt", "user_2")
	export, lists := bucketURL+"export", []string{"--existing", bucketURL + "lists/existing.csv", "--exclude-people", bucketURL + "lists/never.txt"}
	for _, test := range []struct {
		lists int
		words []string
	}{
		{1, []string{"preview", export}},
		{1, []string{"preview", export + "/a.jsonl"}},
		{3, append([]string{"preview", export}, lists...)},
		{2, append([]string{"preview", "--persons", bucketURL + "lists/", export}, lists...)},
		{1, []string{"inspect", export}},
		{1, []string{"inspect", export, export + "/a.jsonl"}},
		{1, []string{"check", export}},
		{1, []string{"explain", export, "user_1"}},
	} {
		before := b.Calls().List
		got := b.run(test.words...)
		if n := b.Calls().List - before; n != test.lists {
			t.Errorf("%v listed %d times, want %d\n%s", test.words, n, test.lists, got.stderr)
		}
	}
}

// refused is the error of a store that refuses the credentials.
type refused struct{}

func (refused) Error() string { return "the credentials were refused" }
func (refused) Unwrap() error { return source.ErrUnavailable }
func (refused) ExitCode() int { return exit.Credentials }
func (refused) Hint() string  { return "use others" }

// TestRefusedCredentialsHaveOneExitCode names an object of a store that refuses the credentials in all ways,
// also beside other mistakes.
func TestRefusedCredentialsHaveOneExitCode(t *testing.T) {
	t.Parallel()
	b := newBucket(t)
	b.put("export/a.jsonl", orderRows(0, 5)...)
	b.Down = refused{}
	dir := t.TempDir()
	file, url := filepath.Join(dir, "events.jsonl"), bucketURL+"export"
	if err := os.WriteFile(file, []byte(orderRow(1)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	mistyped := filepath.Join(dir, "event.jsonl")
	missing := filepath.Join(dir, "zzz")
	for _, args := range [][]string{
		{url}, {url + "/a.jsonl"}, {file, url}, {url, mistyped}, {mistyped, url}, {missing, url},
		{"--persons", url, file}, {"--persons", url, missing}, {"--persons", missing, url},
		{"--existing", url + "/people.csv", file}, {"--exclude-people", url + "/people.txt", mistyped},
	} {
		for _, command := range []string{"preview", "inspect", "explain", "check"} {
			if command == "check" && args[0][0] == '-' {
				continue
			}
			words := append([]string{command}, args...)
			if command == "explain" {
				words = append(words, "--id", "user_1")
			}
			if got := b.run(words...); got.code != exit.Credentials {
				t.Errorf("%v: exit code %d, want %d\n%s%s", words, got.code, exit.Credentials, got.stdout, got.stderr)
			}
		}
	}
	for _, command := range [][]string{{"sync", "--first-run"}, {"backfill", "--yes"}} {
		b.send(exit.Credentials, 0, slices.Concat(command, []string{url})...)
	}
}
