package internal

import (
	"path"
	"regexp"
	"strings"
	"testing"
)

// TestNamedTestsExist looks for the tests that the Makefile and .ci/run name: go test -run passes when no
// test has the name.
func TestNamedTestsExist(t *testing.T) {
	var tests strings.Builder
	for _, top := range []string{"cmd", "internal"} {
		walk(t, top, func(file string) {
			if strings.HasSuffix(file, "_test.go") {
				tests.Write(read(t, file))
			}
		})
	}
	named := 0
	for _, file := range []string{"Makefile", path.Join(".ci", "run")} {
		for _, run := range regexp.MustCompile(`-run '?(Test[\w()|]+)`).FindAllStringSubmatch(string(read(t, file)), -1) {
			named++
			if !regexp.MustCompile(`\nfunc ` + run[1]).MatchString(tests.String()) {
				t.Errorf("%s runs %s, and there is no such test", file, run[1])
			}
		}
	}
	if named == 0 {
		t.Error("neither file names a test: this test looks for them in the wrong way")
	}
}
