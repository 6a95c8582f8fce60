package sandbox

import (
	"bytes"
	"net/http"
	"strings"

	"ph2cio/internal/sandbox/trackapi"
)

// refuse applies the injected refusals to one operation. It returns an answer when one of them is of the
// whole request.
func refuse(refusals []Refusal, one *trackapi.Checked) *reply {
	if len(one.Rejections) > 0 {
		return nil // refused already
	}
	for _, r := range refusals {
		if !concerns(r, one) {
			continue
		}
		rejection := trackapi.Rejection{Reason: r.Reason, Field: r.Field, Message: r.Message}
		if !r.Whole {
			one.Reject(rejection)
			return nil
		}
		status := max(r.Status, http.StatusBadRequest)
		a := refused(status, rejection)
		if status == http.StatusRequestEntityTooLarge {
			a = html(status)
		}
		return &a
	}
	return nil
}

// concerns reports whether a refusal means an operation.
func concerns(r Refusal, one *trackapi.Checked) bool {
	if r.Match != "" && !one.Operation.Named(r.Match) {
		return false
	}
	if r.Contains != "" && !bytes.Contains(one.Raw, []byte(r.Contains)) {
		return false
	}
	name, ok := strings.CutPrefix(r.Field, "attributes.")
	return !ok || r.Always || one.Operation.Has(name)
}
