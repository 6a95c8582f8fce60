package sandbox

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// takeEntity checks and applies a single operation: what a batch says under 207, this says under 400.
func (s *Sandbox) takeEntity(body []byte, arrived time.Time) reply {
	if !json.Valid(body) {
		return refused(http.StatusBadRequest, fault{Reason: invalid, Message: "body is not valid JSON"})
	}
	checked := s.check([]value{trimSpace(body)})
	faults, whole := s.apply(checked, arrived)
	if whole != nil {
		return *whole
	}
	if len(faults) == 0 {
		return reply{status: http.StatusOK, kind: jsonKind, body: []byte("{}"), items: 1}
	}
	for i := range faults {
		faults[i].Index = nil
	}
	a := refused(http.StatusBadRequest, faults...)
	a.items, a.rejected = 1, 1
	return a
}

// takeBatch checks and applies a batch: the good operations count, whatever the others are.
func (s *Sandbox) takeBatch(batch []value, arrived time.Time) reply {
	checked := s.check(batch)
	faults, whole := s.apply(checked, arrived)
	if whole != nil {
		return *whole
	}
	a := reply{status: http.StatusOK, kind: jsonKind, body: []byte("{}"), items: len(batch)}
	for i := range checked {
		if len(checked[i].faults) > 0 {
			a.rejected++
		}
	}
	if len(faults) == 0 {
		return a
	}
	switch {
	case a.rejected == a.items && s.rules.AllBadAs400:
		a.status = http.StatusBadRequest
	case !s.rules.PartialAs200:
		a.status = http.StatusMultiStatus
	}
	a.body = encode(map[string]any{"errors": s.mangled(faults, len(batch))})
	return a
}

// checked is an operation of a request with what is wrong with it.
type checked struct {
	raw       value
	operation operation
	faults    []fault
}

// check validates each operation by itself, without the lock.
func (s *Sandbox) check(batch []value) []checked {
	all := make([]checked, len(batch))
	c := checker{rules: s.rules}
	for i, raw := range batch {
		all[i].raw = raw
		all[i].operation, all[i].faults = c.operation(raw)
	}
	return all
}

// apply gives the good operations to the workspace. It returns the faults of the others, or an answer to the whole
// request, of which nothing was then applied.
func (s *Sandbox) apply(all []checked, arrived time.Time) ([]fault, *reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w, now := s.workspace, s.clock()
	w.settle(now)
	if w.full() {
		a := failure(http.StatusInsufficientStorage, "the sandbox is full: reset it, or raise Limits.Profiles")
		return nil, &a
	}
	for i := range all {
		if whole := s.refuse(&all[i]); whole != nil {
			return nil, whole
		}
	}
	w.noDedup = s.faults.NoDedup
	var faults []fault
	for i := range all {
		one := &all[i]
		if len(one.faults) == 0 {
			one.faults = w.refuses(&one.operation)
		}
		if len(one.faults) > 0 {
			w.reject()
			faults = appendIndexed(faults, one.faults, i)
			continue
		}
		one.operation.received = arrived
		if due, late := s.faults.moment(now); late {
			w.acceptLater(&one.operation, now, due)
		} else {
			w.accept(&one.operation, now)
		}
	}
	return faults, nil
}

func appendIndexed(all, faults []fault, index int) []fault {
	for _, f := range faults {
		f.Index = &index
		all = append(all, f)
	}
	return all
}

// refuse applies the injected refusals to one operation. It returns an answer when one of them is of the whole request.
func (s *Sandbox) refuse(one *checked) *reply {
	if len(one.faults) > 0 {
		return nil // refused already
	}
	for _, r := range s.faults.Refuse {
		if !r.concerns(one) {
			continue
		}
		f := fault{Reason: r.Reason, Field: r.Field, Message: r.Message}
		if !r.Whole {
			one.faults = []fault{f}
			return nil
		}
		a := refused(http.StatusBadRequest, f)
		if a.status = max(r.Status, http.StatusBadRequest); a.status == http.StatusRequestEntityTooLarge {
			a = html(a.status)
		}
		return &a
	}
	return nil
}

// concerns reports whether a refusal means an operation.
func (r Refusal) concerns(one *checked) bool {
	if r.Match != "" && !one.operation.named(r.Match) {
		return false
	}
	if r.Contains != "" && !bytes.Contains(one.raw, []byte(r.Contains)) {
		return false
	}
	name, ok := strings.CutPrefix(r.Field, "attributes.")
	return !ok || r.Always || one.operation.has(name)
}
