package customerio

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

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
		for p, err := range ReadProfiles(r, nil) {
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

// TestReadProfilesTakesTheVeryName reads a list with another attribute whose name contains email.
func TestReadProfilesTakesTheVeryName(t *testing.T) {
	t.Parallel()
	for p, err := range ReadProfiles(strings.NewReader("Email,id,email\nold@example.com,user_1,new@example.com\n"), nil) {
		if err != nil || p != (Profile{ID: "user_1", Email: "new@example.com"}) {
			t.Errorf("%+v, %v", p, err)
		}
	}
}

func TestReadProfilesSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                        "the file is empty",
		"name,plan\nMaya,pro\n":   "neither `id` nor `email`",
		"id,email\n1\n":           "line 2",
		"id,email\n1,\"maya\n2,x": "line 2",
		"id\n\"1\n2\"\n" + strings.Repeat("id", mostProfileRow): "the row after line 3 is larger than 4 MB",
		"\x1f\x8bxxxxxxxxxx": "decompressing the file",
		"id,email\n1,\"" + strings.Repeat("\n2,x", mostProfileRow): "the row after line 1 is larger than 4 MB; perhaps a quote is not closed",
		"\"" + strings.Repeat("id", mostProfileRow):                "the row after line 0 is larger than 4 MB",
	} {
		var last error
		for _, err := range ReadProfiles(strings.NewReader(text), nil) {
			last = err
		}
		if last == nil || !strings.Contains(last.Error(), want) {
			t.Errorf("%.60q: %v, want %q", text, last, want)
		}
	}
}

// TestReadProfilesHoldsOneRow has a quoted cell that is longer than a row may be: the text after it is not
// read.
func TestReadProfilesHoldsOneRow(t *testing.T) {
	t.Parallel()
	const much = 64 << 20
	rest := &io.LimitedReader{R: new(endless), N: much}
	for range ReadProfiles(io.MultiReader(strings.NewReader("id\n1\n\""), rest), nil) {
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
	for _, err := range ReadProfiles(strings.NewReader("id\n"+strings.Repeat(strings.Repeat("x", 1000)+"\n", 10_000)), nil) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 10_000 {
		t.Errorf("%d profiles", n)
	}
}

// TestReadProfilesStopsWhenToldTo stops after the first of two profiles.
func TestReadProfilesStopsWhenToldTo(t *testing.T) {
	t.Parallel()
	n := 0
	for range ReadProfiles(strings.NewReader("id\n1\n2\n"), nil) {
		n++
		break
	}
	if n != 1 {
		t.Errorf("%d profiles", n)
	}
}

// TestReadProfilesAsSpreadsheetsWriteThem reads one file in many forms.
func TestReadProfilesAsSpreadsheetsWriteThem(t *testing.T) {
	t.Parallel()
	plain := "id;email;note\nuser_1;zo\u00eb@x.example;a,b\U0001f642\n;m@x.example;\"c;d\"\n"
	want := []Profile{{"user_1", "zo\u00eb@x.example", ""}, {"", "m@x.example", ""}}
	wide := func(order binary.AppendByteOrder, text string) string {
		var all []byte
		for _, unit := range utf16.Encode([]rune(text)) {
			all = order.AppendUint16(all, unit)
		}
		return string(all)
	}
	tabs := strings.ReplaceAll(strings.NewReplacer(";", "\t", "\"c;d\"", "\"c\td\"").Replace(plain), "\n", "\r\n")
	for name, text := range map[string]string{
		"semicolons": plain, "tabs": tabs, "Excel's first line": "sep=;\r\n" + plain, "mark": "\ufeffsep=;\n" + plain,
		"UTF-16": wide(binary.LittleEndian, "\ufeff"+tabs), "UTF-16, big end first": wide(binary.BigEndian, "\ufeff"+plain),
		"UTF-16 without a mark": wide(binary.LittleEndian, plain),
	} {
		var got []Profile
		for p, err := range ReadProfiles(iotest.OneByteReader(strings.NewReader(text)), nil) {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			got = append(got, p)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestReadProfilesRefusesRoundedIDs unless they look like the user's own.
func TestReadProfilesRefusesRoundedIDs(t *testing.T) {
	t.Parallel()
	for text, own := range map[string]func([]byte) bool{
		"sep=;\nid;email\nu;\n4,89201E+15;\n":   nil,
		"id,cio_id\nu,\n\n,1.2E+31\n":           func([]byte) bool { return false },
		"email,id\n4.89201E+15,u\n,\n,-4E+15\n": nil,
	} {
		var last error
		for _, err := range ReadProfiles(strings.NewReader(text), own) {
			last = err
		}
		if last == nil || !strings.Contains(last.Error(), "line 4 has the ID") {
			t.Errorf("%q: %v", text, last)
		}
	}
	for p, err := range ReadProfiles(strings.NewReader("id\n4.89201E+15\n"), func([]byte) bool { return true }) {
		if err != nil || p.ID != "4.89201E+15" {
			t.Errorf("%+v, %v", p, err)
		}
	}
}
