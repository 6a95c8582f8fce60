package sandbox

import (
	"fmt"
	"strconv"
	"time"
)

// traffic counts requests.
type traffic struct {
	requests, bytes       int64
	statuses              map[string]int64
	inFlight, maxInFlight int64
	notJSONType, notUTF8  int64
}

func newTraffic(inFlight int64) traffic {
	return traffic{statuses: map[string]int64{}, inFlight: inFlight, maxInFlight: inFlight}
}

// Request is one request to the API, as it was answered.
type Request struct {
	Time     time.Time `json:"time"` // of its arrival
	Method   string    `json:"method"`
	Path     string    `json:"path"`
	Status   int       `json:"status"` // 0 where the connection broke
	Bytes    int64     `json:"bytes"`  // of its body, as far as it was read
	Items    int       `json:"items"`  // operations in it that were looked at
	Rejected int       `json:"rejected"`
}

// line is how the log shows a request.
func (r Request) line() string {
	status := strconv.Itoa(r.Status)
	if r.Status == 0 {
		status = "none"
	}
	return fmt.Sprintf("%s %s %s items=%d rejected=%d bytes=%d",
		quoted(r.Method), quoted(r.Path), status, r.Items, r.Rejected, r.Bytes)
}

// quoted shows text that came from outside: escaped, unless nothing in it needs that.
func quoted(text string) string {
	if q := strconv.QuoteToASCII(text); q != `"`+text+`"` {
		return q
	}
	return text
}

// arrive counts a request that has come.
func (t *traffic) arrive() {
	t.inFlight++
	t.maxInFlight = max(t.maxInFlight, t.inFlight)
}

// noteForm counts a request without the JSON content type, and one whose body is not UTF-8.
func (t *traffic) noteForm(asJSON, asText bool) {
	if !asJSON {
		t.notJSONType++
	}
	if !asText {
		t.notUTF8++
	}
}

// leave counts a request by its answer.
func (t *traffic) leave(r Request) {
	t.inFlight--
	t.requests++
	t.bytes += r.Bytes
	status := "none"
	if r.Status != 0 {
		status = strconv.Itoa(r.Status)
	}
	t.statuses[status]++
}
