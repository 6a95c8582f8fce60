package customerio

import "testing"

func TestEmailOf(t *testing.T) {
	t.Parallel()
	for identify, want := range map[string]string{
		`{"type":"person","identifiers":{"id":"email"},"action":"identify","attributes":{"a":{"email":"no@a.example"},"email":"m\u0061ya@a.example"}}`: "maya@a.example",
		`{"type":"person","identifiers":{"email":"maya@a.example"},"action":"identify"}`:                                                               "maya@a.example",
		`{"type":"person","identifiers":{"id":"1"},"action":"identify","attributes":{"email":null,"x":"email"}}`:                                       "",
		`{"type":"person","identifiers":{"id":"1"},"action":"identify","attributes":{"x":"\"email\":\"a@b.c\""}}`:                                      "",
		`{"email":"cut`: "",
		``:              "",
	} {
		if got := EmailOf([]byte(identify)); got != want {
			t.Errorf("%s: %q, want %q", identify, got, want)
		}
	}
}
