package customerio

import (
	"net/http"
	"testing"
	"time"
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

func TestParseRetryAfter(t *testing.T) {
	for header, want := range map[string]time.Duration{
		"": 0, "0": 0, "1": time.Second, " 12 ": 12 * time.Second, "007": 7 * time.Second,
		"300": MaxRetryAfter, "301": MaxRetryAfter, "99999999999999999999999": MaxRetryAfter,
		"-5": 0, "+5": 0, "1.5": 0, "1e3": 0, "soon": 0, "５": 0,
		"Wed, 04 Mar 2026 12:00:09 GMT":     9 * time.Second,
		"Wed, 04 Mar 2026 11:59:00 GMT":     0,
		"Thu, 04 Mar 2027 12:00:00 GMT":     MaxRetryAfter,
		"Wednesday, 04-Mar-26 12:01:00 GMT": time.Minute,
		"Wed Mar  4 12:01:00 2026":          time.Minute,
		"2026-03-04T12:01:00Z":              0,
	} {
		if got := ParseRetryAfter(header, noon); got != want {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
	}
}

func FuzzParseRetryAfter(f *testing.F) {
	for _, seed := range []string{"", "5", "86400", "Wed, 04 Mar 2026 12:00:09 GMT", "-1", "99999999999999999999"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		got := ParseRetryAfter(header, noon)
		if got < 0 || got > MaxRetryAfter {
			t.Errorf("%q: %s", header, got)
		}
		if date, err := http.ParseTime(header); err == nil && date.After(noon.Add(MaxRetryAfter)) && got != MaxRetryAfter {
			t.Errorf("%q: %s", header, got)
		}
	})
}
