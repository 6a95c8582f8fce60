package webreport

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTextFromOutsideIsShort(t *testing.T) {
	for text, want := range map[string]string{
		"plain":                       "plain",
		"a\nb\u202ec":                 `a\u000ab\u202ec`,
		"\xff":                        `\u00ff`,
		"\x01code\x04":                `\u0001code\u0004`,
		strings.Repeat("x", 21):       "xxxxxxxxxxxxxx…xxxxx",
		"ä" + strings.Repeat("ö", 19): "ä" + strings.Repeat("ö", 19),
	} {
		if got := shown(text, 20); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	for _, long := range []string{strings.Repeat("n", 1<<20), strings.Repeat("\xf0\x9f", 1<<19), strings.Repeat("ñ", 1<<19)} {
		if got := shown(long, 80); utf8.RuneCountInString(got) != 80 || !utf8.ValidString(got) {
			t.Errorf("%d characters of a long name: %q", utf8.RuneCountInString(got), got)
		}
	}
}

func TestMarksBecomeSpans(t *testing.T) {
	got := spans("use " + code("--events") + " for " + name("x \x01y") + ", 3 rows")
	want := []span{{"use ", ""}, {"--events", "code"}, {" for ", ""}, {`x \u0001y`, "name"}, {", 3\u00a0rows", ""}}
	if len(got) != len(want) {
		t.Fatalf("%q", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%q, want %q", got[i], want[i])
		}
	}
	if all := spans("a" + codeStart + "b"); len(all) != 2 || all[1].Text != "b" {
		t.Errorf("a mark without an end: %q", all)
	}
}

func TestSecretsInURLsAreRedacted(t *testing.T) {
	for _, text := range []string{
		"https://user:canary@host/x", "s3://bucket/x?X-Amz-Signature=canary", "https://host/export?token=canary", "https%3A%2F%2Fuser%3Acanary%40host%2F",
	} {
		for what, got := range map[string]string{
			"a path": pathText(text), "an error": message("open " + text + ": no such file"), "a command": typedWords([]string{"ph2cio", "preview", text}), "a place": place(text, 3, 0),
		} {
			if strings.Contains(got, "canary") {
				t.Errorf("%s shows %q", what, got)
			}
		}
	}
}

func TestIDsOfCommandsAreHidden(t *testing.T) {
	for command, want := range map[string]string{
		"ph2cio backfill --only user_1001 export/":            "ph2cio backfill --only ID export/",
		"ph2cio backfill --rate 2 --only 'a b'\\''c' export/": "ph2cio backfill --rate 2 --only ID export/",
		"ph2cio backfill --only user_1001":                    "ph2cio backfill --only ID",
		"ph2cio backfill '--only=a b' 'my export/'":           "ph2cio backfill --only=ID 'my export/'",
		"ph2cio retry":                   "ph2cio retry",
		"ph2cio explain --id x --only y": "ph2cio explain --id ID --only ID",
	} {
		if got := (&privacy{}).withoutID(command); got != want {
			t.Errorf("%s: %s, want %s", command, got, want)
		}
	}
}

func TestSentencesEndOnce(t *testing.T) {
	for text, want := range map[string]string{"": "", "one": "One.", "one.": "One.", "did you mean one?": "Did you mean one?"} {
		if got := sentence(text); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestASentenceBeginsWithAWholeCharacter has a name of a file that begins with two bytes.
func TestASentenceBeginsWithAWholeCharacter(t *testing.T) {
	for text, want := range map[string]string{"été.jsonl is gone": "été.jsonl is gone.", "rows wait.": "Rows wait.", "meant x?": "Meant x?", "": ""} {
		if got := sentence(text); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
