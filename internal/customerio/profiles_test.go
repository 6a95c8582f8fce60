package customerio

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadProfiles(t *testing.T) {
	t.Parallel()
	text := "\ufeffcreated_at,Email,CIO_ID,id,note\r\n" +
		"1,maya@example.com,cio_0a,user_1,\"two\r\nlines\"\r\n" +
		",,,,nobody\r\n" +
		"2, jonas@example.com ,,,\r\n" +
		"3,,0b, padded ,\r\n"
	want := []Profile{{"user_1", "maya@example.com", "0a"}, {"", "jonas@example.com", ""}, {" padded ", "", "0b"}}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write([]byte(text))
	z.Close()
	for name, r := range map[string]io.Reader{"plain": strings.NewReader(text), "gzip": &packed} {
		var got []Profile
		for p, err := range ReadProfiles(r) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, p)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestReadProfilesTakesTheVeryName has an attribute of the workspace beside Customer.io's own email.
func TestReadProfilesTakesTheVeryName(t *testing.T) {
	t.Parallel()
	for p, err := range ReadProfiles(strings.NewReader("Email,id,email\nold@example.com,user_1,new@example.com\n")) {
		if err != nil || p != (Profile{ID: "user_1", Email: "new@example.com"}) {
			t.Errorf("%+v, %v", p, err)
		}
	}
}

func TestReadProfilesSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                        "it is empty",
		"name,plan\nMaya,pro\n":   "neither `id` nor `email`",
		"id,email\n1\n":           "line 2",
		"id,email\n1,\"maya\n2,x": "line 2",
		"id\n\"1\n2\"\n" + strings.Repeat("id", mostProfileRow): "the row after line 3 has more than 4 MB",
		"\x1f\x8bxxxxxxxxxx": "decompress it",
		"id,email\n1,\"" + strings.Repeat("\n2,x", mostProfileRow): "the row after line 1 has more than 4 MB, as when a quote is not closed",
		"\"" + strings.Repeat("id", mostProfileRow):                "the row after line 0 has more than 4 MB",
	} {
		var last error
		for _, err := range ReadProfiles(strings.NewReader(text)) {
			last = err
		}
		if last == nil || !strings.Contains(last.Error(), want) {
			t.Errorf("%.60q: %v, want %q", text, last, want)
		}
	}
}

// TestReadProfilesHoldsOneRow has more text in a quote than a row may have: what comes after it is not read.
func TestReadProfilesHoldsOneRow(t *testing.T) {
	t.Parallel()
	const much = 64 << 20
	rest := &io.LimitedReader{R: new(endless), N: much}
	for range ReadProfiles(io.MultiReader(strings.NewReader("id\n1\n\""), rest)) {
		continue
	}
	if read := much - rest.N; read > 2*mostProfileRow {
		t.Errorf("%d bytes were read", read)
	}
}

// TestReadProfilesReadsManyRows has more text than one row may have.
func TestReadProfilesReadsManyRows(t *testing.T) {
	t.Parallel()
	n := 0
	for _, err := range ReadProfiles(strings.NewReader("id\n" + strings.Repeat(strings.Repeat("x", 1000)+"\n", 10_000))) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 10_000 {
		t.Errorf("%d profiles", n)
	}
}

// TestReadProfilesStopsWhenToldTo looks at the first of two.
func TestReadProfilesStopsWhenToldTo(t *testing.T) {
	t.Parallel()
	n := 0
	for range ReadProfiles(strings.NewReader("id\n1\n2\n")) {
		n++
		break
	}
	if n != 1 {
		t.Errorf("%d profiles", n)
	}
}
