package sandbox

import (
	"encoding/json"
	"net/http"
	"time"
)

// takeEntity checks and applies a single operation: what a batch says under 207, this says under 400.
func takeEntity(s *store, body []byte, arrived time.Time) reply {
	if !json.Valid(body) {
		return refused(http.StatusBadRequest, fault{Reason: invalid, Message: "body is not valid JSON"})
	}
	checked := checkAll(s.rules, []value{trimSpace(body)})
	faults, whole := applyAll(s, checked, arrived)
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
func takeBatch(s *store, batch []value, arrived time.Time) reply {
	checked := checkAll(s.rules, batch)
	faults, whole := applyAll(s, checked, arrived)
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

// applyAll gives the good operations to the workspace. It returns the faults of the others, or an answer to the whole
// request, of which nothing was then applied.
func applyAll(s *store, all []checked, arrived time.Time) ([]fault, *reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w, now := s.workspace, s.clock()
	w.settle(now)
	if w.full() {
		a := failure(http.StatusInsufficientStorage, "the sandbox is full: reset it, or raise Limits.Profiles")
		return nil, &a
	}
	for i := range all {
		if whole := refuse(s.faults.Refuse, &all[i]); whole != nil {
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
