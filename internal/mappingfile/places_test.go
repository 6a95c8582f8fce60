package mappingfile

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// TestErrorsPointIntoTexts: the place of an unknown function is where it stands in the file, however the text
// around it is written.
func TestErrorsPointIntoTexts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[a-zé€\\"'.,0-9]{1,4}`)
		words := rapid.SliceOfN(word, 0, 4).Draw(t, "words")
		words = append(words, rapid.SampledFrom([]string{"{uper(1)}", "{'é' + uper(1)}", `{"a" + uper(1)}`}).Draw(t, "expression"))
		words = append(words, rapid.SliceOfN(word, 0, 2).Draw(t, "more")...)
		gap := func(choices ...string) string { return rapid.SampledFrom(choices).Draw(t, "gap") }

		var b strings.Builder
		style := rapid.IntRange(0, 4).Draw(t, "style")
		b.WriteString([]string{"x", `"`, "'", "|\n      x", ">-\n      x"}[style])
		for _, w := range words {
			switch style {
			case 0:
				b.WriteString(gap(" ", "  ", "\n      ", "\n\n      "))
			case 1:
				w = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "é", gap(`\u00e9`, `\xe9`, "é"), "€", gap("€", `\u20AC`, `\U000020AC`)).Replace(w)
				b.WriteString(gap(" ", "\n      ", "\n\n      ", `\n`, `\t`, "\\\n      ", ` \`+"\n   ", `\ `))
			case 2:
				w = strings.ReplaceAll(w, "'", "''")
				b.WriteString(gap(" ", "  ", "\n      ", "\n\n      "))
			default:
				b.WriteString(gap(" ", "  ", "\n      ", "\n\n      ", "\n        "))
			}
			b.WriteString(w)
		}
		b.WriteString([]string{"", `"`, "'", "", ""}[style])
		text := "rules:\n  - events: a\n    name: " + b.String() + "\n"

		before, _, _ := strings.Cut(text, "uper(")
		line := strings.Count(before, "\n")
		column := utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
		want := fmt.Sprintf("m.yaml:%d:%d: there is no function uper (did you mean upper?)", line+1, column)
		if got := errorsOf(text); got != want {
			t.Fatalf("%s\ngives\n%s\nnot\n%s", text, got, want)
		}
	})
}
