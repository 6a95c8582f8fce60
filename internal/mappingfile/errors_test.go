package mappingfile

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the files in testdata")

var errorsFile = filepath.Join("testdata", "errors.txt")

func cases(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile(errorsFile)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestErrors reads the files in testdata/errors.txt, which are set off by lines of ===. Behind a line of ---
// is what is wrong with each.
func TestErrors(t *testing.T) {
	var updated []string
	for one := range strings.SplitSeq(cases(t), "\n===\n") {
		file, want, _ := strings.Cut(one, "\n----\n")
		got := errorsOf(strings.NewReplacer(`<TAB>`, "\t", `<CR>`, "\r", `<BOM>`, "\uFEFF", `<BAD>`, "\xFF", `<NUL>`, "\x00").Replace(file))
		if got != strings.TrimSuffix(want, "\n") && !*update {
			t.Errorf("%s\ngot\n%s\nwant\n%s", file, got, want)
		}
		if got == "" {
			t.Errorf("%s\nis read without an error", file)
		}
		updated = append(updated, file+"\n----\n"+got)
	}
	if *update {
		if err := os.WriteFile(errorsFile, []byte(strings.Join(updated, "\n===\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
