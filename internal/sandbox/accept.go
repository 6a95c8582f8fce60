package sandbox

import (
	"encoding/json"
	"net/http"
	"time"

	"ph2cio/internal/sandbox/trackapi"
)

// takeEntity checks and applies a single operation: the errors that a batch reports under 207
// come under 400 here.
func takeEntity(s *store, body []byte, arrived time.Time) reply {
	if !json.Valid(body) {
		return refused(http.StatusBadRequest, trackapi.Rejection{Reason: trackapi.Invalid, Message: "body is not valid JSON"})
	}
	checked := trackapi.CheckAll(s.rules, []trackapi.Value{trackapi.TrimSpace(body)})
	rejections, whole := applyAll(s, checked, arrived)
	if whole != nil {
		return *whole
	}
	if len(rejections) == 0 {
		return reply{status: http.StatusOK, kind: jsonKind, body: []byte("{}"), items: 1}
	}
	for i, r := range rejections {
		rejections[i] = r.At(nil)
	}
	return refused(http.StatusBadRequest, rejections...).about(1, 1)
}

// takeBatch checks and applies a batch: good operations are applied even if others are rejected.
func takeBatch(s *store, batch []trackapi.Value, arrived time.Time) reply {
	checked := trackapi.CheckAll(s.rules, batch)
	rejections, whole := applyAll(s, checked, arrived)
	if whole != nil {
		return *whole
	}
	rejected := 0
	for i := range checked {
		if len(checked[i].Rejections) > 0 {
			rejected++
		}
	}
	status, body := http.StatusOK, []byte("{}")
	if len(rejections) > 0 {
		status = partialStatus(s.rules, len(batch), rejected)
		body = encode(map[string]any{"errors": s.mangled(rejections, len(batch))})
	}
	return reply{status: status, kind: jsonKind, body: body, items: len(batch), rejected: rejected}
}

// partialStatus returns the status of the answer to a batch of which some operations were rejected.
func partialStatus(r *trackapi.Rules, items, rejected int) int {
	switch {
	case rejected == items && r.AllBadAs400:
		return http.StatusBadRequest
	case r.PartialAs200:
		return http.StatusOK
	}
	return http.StatusMultiStatus
}

// applyAll gives the good operations to the workspace. It returns the rejections of the others, or an answer
// to the whole request, of which nothing was then applied.
func applyAll(s *store, all []trackapi.Checked, arrived time.Time) ([]trackapi.Rejection, *reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w, now := s.workspace, s.clock()
	w.ApplyUntil(now)
	if w.Full() {
		a := failure(http.StatusInsufficientStorage, "the sandbox is full: reset it, or raise Limits.Profiles")
		return nil, &a
	}
	for i := range all {
		if whole := refuse(s.faults.Refuse, &all[i]); whole != nil {
			return nil, whole
		}
	}
	w.IgnoreEventIDs(s.faults.NoDedup)
	var rejections []trackapi.Rejection
	for i := range all {
		one := &all[i]
		if len(one.Rejections) == 0 {
			one.Reject(w.Refuses(&one.Operation)...)
		}
		if len(one.Rejections) > 0 {
			w.Reject()
			rejections = appendIndexed(rejections, one.Rejections, i)
			continue
		}
		one.Operation.Arrive(arrived)
		if at, late := s.faults.moment(now); late {
			w.AcceptLater(&one.Operation, now, at)
		} else {
			w.Accept(&one.Operation, now)
		}
	}
	return rejections, nil
}

func appendIndexed(all, rejections []trackapi.Rejection, index int) []trackapi.Rejection {
	for _, r := range rejections {
		all = append(all, r.At(&index))
	}
	return all
}
