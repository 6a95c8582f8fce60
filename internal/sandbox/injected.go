package sandbox

import (
	"net/http"
	"strconv"
	"time"
)

// tooMany is the answer to a request over the limit.
func tooMany(l RateLimit, wait time.Duration, now time.Time) reply {
	r := failure(http.StatusTooManyRequests, "too many requests")
	seconds := max(1, int64((wait+time.Second-1)/time.Second))
	switch l.RetryAfter {
	case RetryDate:
		r.retryAfter = now.Add(time.Duration(seconds) * time.Second).UTC().Format(http.TimeFormat)
	case RetryAbsurd:
		r.retryAfter = "86400"
	case RetryGarbage:
		r.retryAfter = "soon"
	case RetryNone:
	default:
		r.retryAfter = strconv.FormatInt(seconds, 10)
	}
	return r
}

// listsNothing holds bodies of answers whose errors name no operation.
var listsNothing = map[Body]string{
	BodyEmptyErrors: `{"errors":[]}`, BodyNullErrors: `{"errors":null}`, BodyNoErrors: `{}`,
}

// injectedReply is the reply that an injected answer stands for.
func injectedReply(a *Answer) reply {
	if a.Reset {
		return reply{reset: true}
	}
	r := reply{status: a.Status, location: a.Location, retryAfter: a.RetryAfter}
	switch {
	case a.Text != "":
		r.kind, r.body = textKind, []byte(a.Text)
	case a.Body == BodyHTML:
		r.kind, r.body = htmlKind, page(a.Status)
	case a.Body == BodyText:
		r.kind, r.body = textKind, []byte("upstream connect error")
	case a.Body == BodyCut:
		r.kind, r.body = jsonKind, []byte(`{"errors":[{"batch_index":`)
	case a.Body == BodyEmpty:
	case listsNothing[a.Body] != "":
		r.kind, r.body = jsonKind, []byte(listsNothing[a.Body])
	default:
		r.kind, r.body = jsonKind, failure(a.Status, http.StatusText(a.Status)).body
	}
	return r
}
