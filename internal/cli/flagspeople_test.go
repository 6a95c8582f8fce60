package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestNameList(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "never.txt")
	text := "\ufeff# nobody\r\nuser_1\r\n\n  Maya@Example.com \n*@Acornly.example\ntest-?\nMA\u017fa@kelvin.example\nr[a-c]\u017f@x.example\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	o := &identityOptions{exclude: path}
	l, err := o.readExcluded(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]bool{
		"user_1": true, "user_11": false, "USER_1": false, "test-1": true, "test-12": false, "": false, "# nobody": false,
		"Maya@Example.com": true, "maya@example.com": true, "Eve@ACORNLY.example": true,
	} {
		if l.hasID([]byte(id)) != want {
			t.Errorf("ID %q: %v, want %v", id, !want, want)
		}
	}
	for email, want := range map[string]bool{
		"maya@example.COM ": true, "jonas@example.com": false, "somebody@Acornly.example": true, "user_1": false,
		"masa@\u212aELVIN.example": true, "RBS@x.example": true, "rds@x.example": false, // two characters that fold to s and k
	} {
		if l.hasEmail([]byte(email)) != want {
			t.Errorf("email %q: %v, want %v", email, !want, want)
		}
	}
}

// TestAnExcludedPeopleFileMustBeText reads the beginning of a Parquet file.
func TestAnExcludedPeopleFileMustBeText(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "never.parquet")
	if err := os.WriteFile(path, []byte("PAR1\x15\x04\x00\x00"), 0o600); err != nil {
		t.Fatal(err)
	}
	o := &identityOptions{exclude: path}
	if _, err := o.readExcluded(t.Context()); err == nil || !strings.Contains(err.Error(), "is not a text file") {
		t.Error(err)
	}
}

func TestParseBytes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"1GB": 1e9, "512mb": 512e6, "1.5 GiB": 3 << 29, "100000000": 1e8, "64MB": 64e6,
		"": 0, "GB": 0, "-1GB": 0, "63MB": 0, "NaN": 0, "1TBB": 0, "1e300GB": 0,
	} {
		if got, err := parseBytes(text); got != want || (err == nil) != (want > 0) {
			t.Errorf("%q: %d, %v, want %d", text, got, err, want)
		}
	}
}
