package expression

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// FuzzCompile compiles any text and runs what compiles: nothing panics or takes long, errors lie in the text,
// and results are JSON that is the same each time.
func FuzzCompile(f *testing.F) {
	for _, text := range wishes {
		f.Add(text)
	}
	for _, text := range []string{
		``, `a;`, `;`, `(;)`, `#`, `|`, `1|`, `x | lower`, `[`, `{`, `{,}`, `{a}`, `map(`, `map(,)`, `let`, `let a`, `let a = ;`, `if`, `if 1 {`, `if true {1} else {2}`, `?`, `a ? :`, `::`, `::lower("A")`,
		`1 < 2 < 3 < 4`, `not not in`, `b'\x'`, "`", `"\u{110000}"`, `0x`, `1e`, `.`, `..`, `1...2`, `$env["x"]`, `#index`, `any(properties.tags, #index == .)`, `reduce([1], #acc + #, 0)`, `all([1], {let x = #; x})`,
		`properties.cart.items[1:][0].sku`, `format_date(0, "[")`, `"a" matches "(?i)a{1000}"`, `round(1.5, 18)`, `-0 == 0`, `9223372036854775807 * 10`, `sort(["b", "a"])`, `properties . plan`, "//\n1", `/*`, `1 // x`,
	} {
		f.Add(text)
	}
	e := NewEvaluator(parseDate)
	f.Fuzz(func(t *testing.T, text string) {
		for _, scope := range []Scope{EventScope, PersonScope} {
			start := time.Now()
			p, err := Compile(text, scope)
			if took := time.Since(start); took > 10*time.Second {
				t.Fatalf("compiling takes %v", took)
			}
			if err != nil {
				checkPlace(t, text, err)
				continue
			}
			for _, row := range []*Row{rowOf(order), {}} {
				start := time.Now()
				out, ok, err := e.JSON(nil, p, row)
				if took := time.Since(start); took > 10*time.Second {
					t.Fatalf("running takes %v", took)
				}
				if err != nil {
					checkPlace(t, text, err)
				} else if ok && !json.Valid(out) {
					t.Fatalf("the result %s is no JSON", out)
				}
				again, okAgain, errAgain := e.JSON(nil, p, row)
				if string(out) != string(again) || ok != okAgain || (err == nil) != (errAgain == nil) {
					t.Fatalf("%s, %v and then %s, %v", out, err, again, errAgain)
				}
			}
		}
	})
}

// checkPlace checks that an error is one of ours, and lies in the text or right behind it.
func checkPlace(t *testing.T, text string, err error) {
	t.Helper()
	var of *Error
	if !errors.As(err, &of) {
		t.Fatalf("%T: %v", err, err)
	}
	if strings.Contains(of.Text, "cannot be read") {
		t.Fatalf("the library panics: %v", err)
	}
	lines := strings.Split(text, "\n")
	if of.Line < 1 || of.Line > len(lines) || of.Column < 1 || of.Column > utf8.RuneCountInString(lines[of.Line-1])+1 {
		t.Fatalf("the place of %v is outside", err)
	}
}
