package sandbox

import (
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"time"
)

// Stats are the totals since New or Reset.
type Stats struct {
	Requests    int64            `json:"requests"`      // to the API, the inspection calls left out
	Statuses    map[string]int64 `json:"statuses"`      // requests by status; "none" where the connection broke
	Bytes       int64            `json:"bytes"`         // of the requests' bodies
	MaxInFlight int64            `json:"max_in_flight"` // requests at once
	NotJSONType int64            `json:"not_json_type"` // batches and entities whose Content-Type is not application/json
	NotUTF8     int64            `json:"not_utf8"`      // and whose body is not UTF-8

	Counts
}

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

// arrive notes that a request has come, and returns when.
func (s *Sandbox) arrive() time.Time {
	now := s.clock()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.traffic.inFlight++
	s.traffic.maxInFlight = max(s.traffic.maxInFlight, s.traffic.inFlight)
	return now
}

// leave counts a request by its answer, and returns how to write that.
func (s *Sandbox) leave(r *http.Request, arrived time.Time, a reply) pace {
	one := Request{
		Time: arrived.UTC(), Method: r.Method, Path: r.URL.Path,
		Status: a.status, Bytes: a.bytes, Items: a.items, Rejected: a.rejected,
	}
	p := s.record(one)
	if s.options.Log != nil {
		s.options.Log(one.line())
	}
	return p
}

func (s *Sandbox) record(one Request) pace {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := &s.traffic
	t.inFlight--
	t.requests++
	t.bytes += one.Bytes
	status := "none"
	if one.Status != 0 {
		status = strconv.Itoa(one.Status)
	}
	t.statuses[status]++
	s.requests.add(one)
	return pace{date: s.clock().Add(time.Duration(s.faults.ClockSkew)), trickle: s.faults.Trickle}
}

// Stats returns the totals.
func (s *Sandbox) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	w, t := s.workspace, &s.traffic
	w.settle(s.clock())
	return Stats{
		Requests: t.requests, Statuses: maps.Clone(t.statuses), Bytes: t.bytes, MaxInFlight: t.maxInFlight,
		NotJSONType: t.notJSONType, NotUTF8: t.notUTF8, Counts: w.totals(),
	}
}
