package customerio

import (
	"io"
	"net/http"
	"testing"
)

// TestInDoubtUntilAnAnswerSaysWhatBecameOfIt sends a batch that gets various answers: only those that tell
// the outcome leave no doubt.
func TestInDoubtUntilAnAnswerSaysWhatBecameOfIt(t *testing.T) {
	for _, test := range []struct {
		status int
		body   string
		doubt  bool
	}{
		{200, "{}", false}, {400, "{}", false}, {401, "", false}, {429, "", false}, {301, "", false},
		{500, "", true}, {503, "", true}, {207, "no JSON", true},
	} {
		b := numbered(4)
		if b.InDoubt() {
			t.Fatal("in doubt before it is sent")
		}
		c := newTestClient(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(test.status)
			_, _ = io.WriteString(w, test.body)
		})
		if _, _ = c.Send(t.Context(), b); b.InDoubt() != test.doubt {
			t.Errorf("answered %d %q: in doubt %v, want %v", test.status, test.body, b.InDoubt(), test.doubt)
		}
	}
}

// TestPartsInDoubtLeaveTheWholeInDoubt sends a batch that is refused, and of whose halves one gets no answer.
func TestPartsInDoubtLeaveTheWholeInDoubt(t *testing.T) {
	requested := 0
	c := newTestClient(t, func(w http.ResponseWriter, _ *http.Request) {
		if requested++; requested == 1 {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	b := numbered(4)
	receipt, err := Bisected(c, nil).Send(t.Context(), b)
	if err == nil || len(receipt.Unsent) != 4 || !b.InDoubt() {
		t.Errorf("%+v, %v, in doubt %v", receipt, err, b.InDoubt())
	}
	b.Reset()
	if b.InDoubt() {
		t.Error("in doubt after it was reset")
	}
}
