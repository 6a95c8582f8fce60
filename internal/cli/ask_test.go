package cli

import (
	"testing"

	"ph2cio/internal/customerio"
)

func TestOnlyAPlainYesIsOne(t *testing.T) {
	for answer, want := range map[string]bool{
		"y\n": true, "Y\n": true, "yes\n": true, "YES\r\n": true, "  y  \n": true, "Yes\n": true,
		"": false, "\n": false, "n\n": false, "yse\n": false, "yo\n": false, "yy\n": false, "y n\n": false, "yes.\n": false, "ye\n": false, "no\n": false, "1\n": false,
	} {
		if got := isYes(answer); got != want {
			t.Errorf("%q: %v", answer, got)
		}
	}
}

// TestWhoWasNotAskedSendsNothing has something to send after all, though a run had nothing left to ask about.
func TestWhoWasNotAskedSendsNothing(t *testing.T) {
	body := []byte(`{"type":"person","action":"event","identifiers":{"id":"x"},"name":"x"}`)
	batch := customerio.NewBatch(customerio.Operation{Ref: 1, Body: body}, customerio.Operation{Ref: 2, Body: body})
	receipt, err := unasked{}.Send(t.Context(), batch)
	if exitCode(err) != exitUsage || len(receipt.Unsent) != batch.Len() || len(receipt.Rejections) > 0 {
		t.Errorf("%+v, %v", receipt, err)
	}
}
