package sandbox

import (
	"net/http"
	"strconv"
	"time"
)

// tooMany is the answer to a request over the limit.
func tooMany(l RateLimit, wait time.Duration, now time.Time) reply {
	return failure(http.StatusTooManyRequests, "too many requests").retryIn(retryAfter(l, wait, now))
}

// retryAfter returns the header of an answer to a request over the limit, in the form that the limit has.
func retryAfter(l RateLimit, wait time.Duration, now time.Time) string {
	seconds := max(1, int64((wait+time.Second-1)/time.Second))
	switch l.RetryAfter {
	case RetryDate:
		return now.Add(time.Duration(seconds) * time.Second).UTC().Format(http.TimeFormat)
	case RetryAbsurd:
		return "86400"
	case RetryGarbage:
		return "soon"
	case RetryNone:
		return ""
	}
	return strconv.FormatInt(seconds, 10)
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
	kind, body := injectedBody(a)
	return reply{status: a.Status, kind: kind, body: body, location: a.Location, retryAfter: a.RetryAfter}
}

// injectedBody returns the body of an injected answer and its content type.
func injectedBody(a *Answer) (kind string, body []byte) {
	switch {
	case a.Text != "":
		return textKind, []byte(a.Text)
	case a.Body == BodyHTML:
		return htmlKind, page(a.Status)
	case a.Body == BodyText:
		return textKind, []byte("upstream connect error")
	case a.Body == BodyCut:
		return jsonKind, []byte(`{"errors":[{"batch_index":`)
	case a.Body == BodyEmpty:
		return "", nil
	case listsNothing[a.Body] != "":
		return jsonKind, []byte(listsNothing[a.Body])
	}
	return jsonKind, failure(a.Status, http.StatusText(a.Status)).body
}
