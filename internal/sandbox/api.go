package sandbox

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"ph2cio/internal/sandbox/trackapi"
)

const (
	regionPath = "/api/v1/accounts/region"
	batchPath  = "/api/v2/batch"
	entityPath = "/api/v2/entity"
)

// endpoints are the calls of the API by path, each with its name in [Faults] and its method.
var endpoints = map[string]struct{ call, method string }{
	regionPath: {"region", http.MethodGet},
	batchPath:  {"batch", http.MethodPost},
	entityPath: {"entity", http.MethodPost},
}

// api answers the calls of the Track API.
type api struct{ *store }

// answer handles a request to the API and returns the reply, which is not written yet.
func (s api) answer(r *http.Request, arrived time.Time) reply {
	endpoint, ok := endpoints[r.URL.Path]
	if !ok {
		return s.unread(r, plainText(http.StatusNotFound, "404 page not found"))
	}
	if r.Method != endpoint.method {
		a := plainText(http.StatusMethodNotAllowed, "405 method not allowed")
		a.allow = endpoint.method
		return s.unread(r, a)
	}
	if !s.account.admits(r) {
		return s.unread(r, s.unauthorized())
	}
	injected := s.injected(endpoint.call, arrived)
	if injected != nil && !injected.applied {
		return s.unread(r, injected.reply)
	}
	if endpoint.call == "region" {
		return s.region(r)
	}
	if a, ok := s.elsewhere(r); ok {
		return s.unread(r, a)
	}
	a := s.receive(r, endpoint.call, arrived)
	if injected != nil && a.status != 0 {
		injected.reply.bytes, injected.reply.items, injected.reply.rejected = a.bytes, a.items, a.rejected
		return injected.reply
	}
	return a
}

func (s api) unauthorized() reply {
	if s.rules.EmptyUnauthorized {
		return reply{status: http.StatusUnauthorized}
	}
	return failure(http.StatusUnauthorized, "Unauthorized")
}

// region answers the region call with the region of the account, on either region's host.
func (s api) region(r *http.Request) reply {
	return reply{status: http.StatusOK, kind: jsonKind, body: encode(struct {
		URL         string `json:"url"`
		Region      Region `json:"region"`
		Environment int64  `json:"environment_id"`
		Sandbox     string `json:"sandbox,omitempty"` // see Options.Life
	}{cmp.Or(s.options.AccountURL, baseURL(r)), s.options.Region, s.options.EnvironmentID, s.life()})}
}

// baseURL is the URL under which the client reached the sandbox. A client that follows the region call stays
// here.
func baseURL(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// elsewhere answers a call to the wrong region's host; ok is false on the right one.
func (s api) elsewhere(r *http.Request) (_ reply, ok bool) {
	switch {
	case s.options.Host == s.options.Region:
		return reply{}, false
	case s.options.Region == EU:
		a := plainText(s.rules.RedirectStatus, http.StatusText(s.rules.RedirectStatus))
		a.location = cmp.Or(s.options.AccountURL, baseURL(r)) + r.URL.RequestURI()
		return a, true
	}
	return failure(s.rules.WrongRegionStatus, http.StatusText(s.rules.WrongRegionStatus)), true
}

// injection is a fault that answers in place of the API.
type injection struct {
	reply   reply
	applied bool // the request is applied first
}

func (s api) injected(call string, now time.Time) *injection {
	s.mu.Lock()
	defer s.mu.Unlock()
	if limit := s.faults.RateLimit; limit.Rate > 0 && call != "region" {
		if wait, ok := s.faults.bucket.take(limit, now); !ok {
			return &injection{reply: tooMany(limit, wait, now)}
		}
	}
	if a := s.faults.answer(call); a != nil {
		return &injection{reply: injectedReply(a), applied: a.Applied && call != "region"}
	}
	return nil
}

// unread gives an answer that does not depend on the body. The body is taken in all the same, because a
// client that is still sending might not see the answer; only a reset comes before it.
func (s api) unread(r *http.Request, a reply) reply {
	if a.reset {
		return a
	}
	_, size, err := readBody(r, 0)
	if err != nil {
		return reply{reset: true, bytes: size}
	}
	a.bytes = size
	return a
}

// receive reads, checks and applies a batch or a single operation.
func (s api) receive(r *http.Request, call string, arrived time.Time) reply {
	limit := s.rules.BatchBytes
	if call == "entity" {
		limit = s.rules.EntityBytes
	}
	body, size, err := readBody(r, limit)
	if err != nil || !s.delay(r.Context()) {
		return reply{reset: true, bytes: size} // the client has left, and nothing is applied
	}
	s.noteForm(r, body)
	a := s.take(call, body, limit, arrived)
	a.bytes = size
	return a
}

func (s api) delay(ctx context.Context) bool {
	s.mu.Lock()
	d := time.Duration(s.faults.Delay)
	s.mu.Unlock()
	return sleep(ctx, d)
}

// noteForm counts requests without the JSON content type or with invalid UTF-8. The API accepts both; a
// client should send neither.
func (s api) noteForm(r *http.Request, body []byte) {
	asJSON, asText := strings.HasPrefix(r.Header.Get("Content-Type"), jsonKind), utf8.Valid(body)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.traffic.noteForm(asJSON, asText)
}

func (s api) take(call string, body []byte, limit int, arrived time.Time) reply {
	if len(body) > limit {
		return s.oversize(call, limit)
	}
	if call == "entity" {
		return takeEntity(s.store, body, arrived)
	}
	batch, err := trackapi.SplitBatch(body, s.rules.BatchItems)
	if err != nil {
		return refused(http.StatusBadRequest, trackapi.Rejection{Reason: trackapi.Invalid, Field: "batch", Message: err.Error()})
	}
	return takeBatch(s.store, batch, arrived)
}

func (s api) oversize(call string, limit int) reply {
	if s.rules.OversizeHTML {
		return html(http.StatusRequestEntityTooLarge)
	}
	field := ""
	if call == "batch" {
		field = "batch"
	}
	return refused(http.StatusBadRequest, trackapi.Rejection{
		Reason: trackapi.Invalid, Field: field, Message: fmt.Sprintf("request cannot be larger than %d bytes", limit),
	})
}
