package mapping

import "testing"

func TestUnixSeconds(t *testing.T) {
	t.Parallel()
	const at = 1772615762 // 2026-03-04T09:16:02Z
	for _, test := range []struct {
		value string
		want  int64
		ok    bool
	}{
		{`"2026-03-04T09:16:02Z"`, at, true},
		{`"2026-03-04T09:16:02.999Z"`, at, true},
		{`"2026-03-04T09:16:02.123456+00:00"`, at, true},
		{`"2026-03-04T11:16:02+02:00"`, at, true},
		{`"2026-03-04T11:16:02+0200"`, at, true},
		{`"2026-03-04 09:16:02"`, at, true},
		{`"2026-03-04 09:16:02.5"`, at, true},
		{`"2026-03-04 09:16:02+00:00"`, at, true},
		{`"2026-03-04 09:16:02 +0000"`, at, true},
		{`"2026-03-04 09:16:02 UTC"`, at, true},
		{`"2026-03-04 01:16:02.5 -0800"`, at, true},
		{`"2026-03-04 09:16:02+00"`, at, true},
		{`"1.77E+09"`, 0, false},
		{`"2026-03-04T09:16:02"`, at, true},
		{`"2026-03-04T09:16"`, at - 2, true},
		{`"2026-03-04"`, 1772582400, true},
		{`" 2026-03-04 "`, 1772582400, true},
		{`"2026\u002d03-04"`, 1772582400, true},
		{`"1965-03-04"`, -152409600, true},
		{`1772615762`, at, true},
		{`1772615762.9`, at, true},
		{`1.772615762e9`, at, true},
		{`1772615762123`, at, true},
		{`"1772615762"`, at, true},
		{`"1772615762999"`, at, true},
		{`-1`, -1, true},
		{`-0.5`, -1, true},
		{`0`, 0, true},
		{`99999999999`, 99999999999, true},
		{`100000000000`, 100000000, true},
		{`99999999999999`, 99999999999, true},

		{`100000000000000`, 0, false},
		{`1772615762123456`, 0, false},
		{`1e400`, 0, false},
		{`""`, 0, false},
		{`"soon"`, 0, false},
		{`"2026-13-04"`, 0, false},
		{`"03/04/2026"`, 0, false},
		{`"Infinity"`, 0, false},
		{`"NaN"`, 0, false},
		{`"0x10"`, 0, false},
		{`"1_000"`, 0, false},
		{`true`, 0, false},
		{`null`, 0, false},
		{`["2026-03-04"]`, 0, false},
		{`{"date":1}`, 0, false},
	} {
		var c cleaner
		got, ok := unixSeconds([]byte(test.value), &c)
		if got != test.want || ok != test.ok {
			t.Errorf("%s: %d, %v, want %d, %v", test.value, got, ok, test.want, test.ok)
		}
	}
}

func TestValidEmail(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"maya@example.com":             true,
		"maya.o'kafor+x@mail.example":  true,
		"größe@example.com":            true,
		"maya":                         false,
		"maya@":                        false,
		"@example.com":                 false,
		"maya@example.com, a@b.com":    false,
		"maya okafor@example.com":      false,
		"<maya@example.com>":           false,
		"maya@example.com (Maya)":      false,
		"":                             false,
		"maya@exa mple.com":            false,
		"maya@@example.com":            false,
		"group: maya@example.com;":     false,
		"maya@example.com\r\nBcc: x@y": false,
	} {
		if got := validEmail(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}
