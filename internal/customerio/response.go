package customerio

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
)

// The longest texts of a rejection that are kept, in bytes.
const (
	maxReason  = 200
	maxField   = 1000
	maxMessage = 500
)

// parseReceipt parses the answer to a batch. The error is Unavailable if the answer is no JSON object, and
// Unclear if its errors do not say which operations they are about. An empty list of errors rejects nothing,
// also under 207. A 207 without a list is unclear, because the API sends 207 only with one (Track API
// reference).
func parseReceipt(b *Batch, status int, body []byte, scrub func(string) string) (Receipt, *APIError) {
	var answer struct {
		Errors json.RawMessage `json:"errors"`
	}
	if !isObject(body) || json.Unmarshal(body, &answer) != nil {
		return Receipt{}, &APIError{Cause: "this is not a JSON object; check the address, and any proxy in between"}
	}
	var entries []json.RawMessage
	if len(answer.Errors) > 0 && json.Unmarshal(answer.Errors, &entries) != nil {
		return unclear("its errors are not a list")
	}
	if entries == nil && status == http.StatusMultiStatus {
		return unclear("it announces errors but lists none")
	}
	found := map[int]*Rejection{}
	for i, entry := range entries {
		index, fault, err := parseEntry(entry, b.Len(), scrub)
		if err != nil {
			return unclear(fmt.Sprintf("error %d of %d %v", i+1, len(entries), err))
		}
		if earlier := found[index]; earlier != nil {
			earlier.More = append(earlier.More, fault)
			continue
		}
		found[index] = &Rejection{
			Ref: b.Ref(index), Index: index, Reason: fault.Reason, Field: fault.Field, Message: fault.Message,
		}
	}
	return Receipt{Rejections: sorted(found)}, nil
}

func unclear(cause string) (Receipt, *APIError) {
	return Receipt{}, &APIError{Cause: cause, class: Unclear}
}

func sorted(found map[int]*Rejection) []Rejection {
	if len(found) == 0 {
		return nil
	}
	rejections := make([]Rejection, 0, len(found))
	for _, r := range found {
		rejections = append(rejections, *r)
	}
	slices.SortFunc(rejections, func(x, y Rejection) int { return cmp.Compare(x.Index, y.Index) })
	return rejections
}

// entry is one error in an answer. Every part may be missing or have another type than documented.
type entry struct {
	Index   json.RawMessage `json:"batch_index"`
	Reason  json.RawMessage `json:"reason"`
	Field   json.RawMessage `json:"field"`
	Message json.RawMessage `json:"message"`
}

func (e *entry) fault(scrub func(string) string) Fault {
	return Fault{
		Reason:  cut(scrub(plainText(e.Reason)), maxReason),
		Field:   cut(scrub(plainText(e.Field)), maxField),
		Message: cut(scrub(plainText(e.Message)), maxMessage),
	}
}

// parseEntry reads an error and the index of its operation in a batch of length operations.
func parseEntry(raw json.RawMessage, length int, scrub func(string) string) (int, Fault, error) {
	var e entry
	if !isObject(raw) || json.Unmarshal(raw, &e) != nil {
		return 0, Fault{}, fmt.Errorf("is not an object")
	}
	if len(e.Index) == 0 {
		return 0, Fault{}, fmt.Errorf("has no batch_index")
	}
	index, err := strconv.Atoi(string(e.Index))
	if err != nil || index < 0 || index >= length {
		return 0, Fault{}, fmt.Errorf("has the batch_index %s, in a batch of %s",
			quoted(scrub(string(e.Index))), severalOperations(length))
	}
	return index, e.fault(scrub), nil
}

// parseReasons parses the errors in the refusal of a whole request. It returns nothing if they have another
// form.
func parseReasons(body []byte, scrub func(string) string) []Fault {
	var answer struct {
		Errors []entry `json:"errors"`
	}
	if !isObject(body) || json.Unmarshal(body, &answer) != nil {
		return nil
	}
	var faults []Fault
	for _, e := range answer.Errors {
		if fault := e.fault(scrub); fault != (Fault{}) {
			faults = append(faults, fault)
		}
	}
	return faults
}

// plainText returns the text of a JSON string, "" for null or a missing value, and any other value as it
// stands.
func plainText(raw json.RawMessage) string {
	if len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
		return ""
	}
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return string(raw)
}

// isObject reports whether an answer is a JSON object, as all answers of the API are.
func isObject(body []byte) bool {
	trimmed := bytes.TrimLeft(body, " \t\r\n")
	return len(trimmed) > 0 && trimmed[0] == '{'
}
