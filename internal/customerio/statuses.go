package customerio

import "net/http"

// Class is a kind of error of the Track API, by what can be done about it.
type Class uint8

const (
	_             Class = iota
	Unanswered          // no complete answer: a network error or a timeout
	Unavailable         // 408 or 5xx, or a 2xx that is not JSON and thus not from the API
	Throttled           // 429
	Unclear             // a 2xx that does not say which operations were rejected
	RefusedWhole        // 400 or 413: nothing of the request was accepted
	Unauthorized        // 401 or 403
	Redirected          // 3xx: most likely the wrong region
	Unexpected          // any other status
	Misconfigured       // settings of this machine prevent requests: certificates or the proxy
)

// classOf returns the kind of error that a status means; 0 means that no answer came.
func classOf(status int) Class {
	switch {
	case status == 0:
		return Unanswered
	case status == http.StatusTooManyRequests:
		return Throttled
	case status == http.StatusRequestTimeout, status >= 500, status >= 200 && status < 300:
		return Unavailable
	case status == http.StatusBadRequest, status == http.StatusRequestEntityTooLarge:
		return RefusedWhole
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return Unauthorized
	case status >= 300 && status < 400:
		return Redirected
	}
	return Unexpected
}

// Temporary reports whether the same request may succeed later. Nothing else decides what is retried. After
// an Unclear answer there is only one retry.
func (e *APIError) Temporary() bool {
	switch e.Class() {
	case Unanswered, Unavailable, Throttled, Unclear:
		return true
	}
	return false
}

// answers reports whether the answer is the API's own, whatever it says: then the API is working.
func (e *APIError) answers() bool {
	switch e.Class() {
	case Unanswered, Unavailable, Unclear, Misconfigured:
		return false
	}
	return true
}

// final reports whether every other request would be refused in the same way.
func (e *APIError) final() bool {
	switch e.Class() {
	case Unauthorized, Redirected, Misconfigured:
		return true
	}
	return false
}
