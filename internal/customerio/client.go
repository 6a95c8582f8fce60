package customerio

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// DefaultTimeout is how long one request may take, from its first byte to the last byte of its answer.
const DefaultTimeout = 30 * time.Second

const (
	batchPath  = "/api/v2/batch"
	regionPath = "/api/v1/accounts/region"
)

// ClientOptions are the settings of a client. BaseURL and Credentials must be set.
type ClientOptions struct {
	BaseURL     string // of the Track API, as from RegionURL; plain http only for this machine
	Credentials Credentials
	CACert      []byte            // PEM, trusted besides the machine's own authorities
	UserAgent   string            // default "ph2cio"
	Timeout     time.Duration     // for one request; default DefaultTimeout
	InFlight    int               // requests under way at once, for which connections are kept; default MaxInFlight
	Transport   http.RoundTripper // instead of the network, for tests; CACert is then not used
	Tally       *Tally            // may be nil
}

// Client is a client of the Track API over HTTP, and a [Sender] that makes one request of each batch. It
// follows no redirects and retries nothing. It uses the proxy that the environment names. It may be used by
// many goroutines.
type Client struct {
	base        string // without a slash at the end
	credentials Credentials
	userAgent   string
	timeout     time.Duration
	http        *http.Client
	tally       *Tally
	scrub       func(string) string
}

// NewClient returns a client. It checks the options and sends nothing. Errors say which setting to change and
// contain no secrets.
func NewClient(o ClientOptions) (*Client, error) {
	base, err := checkBase(o.BaseURL)
	errs := []error{err, o.Credentials.check()}
	transport := o.Transport
	if transport == nil {
		transport, err = newTransport(o, http.ProxyFromEnvironment)
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return &Client{
		base:        base,
		credentials: o.Credentials,
		userAgent:   cmp.Or(o.UserAgent, "ph2cio"),
		timeout:     cmp.Or(o.Timeout, DefaultTimeout),
		http:        &http.Client{Transport: transport, CheckRedirect: stay},
		tally:       orNew(o.Tally),
		scrub:       o.Credentials.scrubber(),
	}, nil
}

// stay prevents redirects from being followed: that would turn the POST into a GET and send the credentials
// elsewhere.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Send sends the batch as one request. Its error is an *APIError, or wraps the cause of ctx.
func (c *Client) Send(ctx context.Context, b *Batch) (Receipt, error) {
	lent := &loan{body: b.Body()}
	defer lent.end()
	c.tally.request(b)
	call := call{
		what:   fmt.Sprintf("sending %s to %s", severalOperations(b.Len()), c.base),
		method: http.MethodPost, path: batchPath, body: lent, limit: maxReply(b.Len()),
	}
	reply, err := c.do(ctx, call)
	if err != nil {
		refusal, _ := asAPIError(err)
		b.putInDoubt(refusal == nil || !refusal.answers() && refusal.Class() != Misconfigured)
		return AllUnsent(b), err
	}
	receipt, trouble := parseReceipt(b, reply.status, reply.body, c.scrub)
	if trouble != nil {
		b.putInDoubt(true)
		return AllUnsent(b), trouble.of(call.what, reply.status, c.excerpt(reply.body))
	}
	return receipt, nil
}

// call describes one request.
type call struct {
	what   string // the beginning of errors
	method string
	path   string
	body   *loan // nil for none
	limit  int64 // bytes of the answer that are read
}

// reply is an answer with a status of 2xx.
type reply struct {
	status int
	date   string
	body   []byte
}

// do sends one request and reads its answer. An answer with a status other than 2xx is an *APIError.
func (c *Client) do(ctx context.Context, call call) (*reply, error) {
	attempt, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	request, err := c.request(attempt, call)
	if err != nil {
		return nil, fmt.Errorf("%s: %s", call.what, c.scrub(err.Error()))
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, c.noAnswer(ctx, attempt, call.what, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, call.limit))
	if response.StatusCode/100 != 2 {
		return nil, c.refusal(call.what, response, body)
	}
	if err != nil {
		return nil, c.noAnswer(ctx, attempt, call.what, err)
	}
	return &reply{response.StatusCode, response.Header.Get("Date"), body}, nil
}

// request makes the HTTP request. It sets no Idempotency-Key, because with one net/http would repeat a POST
// without us counting it.
func (c *Client) request(ctx context.Context, call call) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, call.method, c.base+call.path, nil)
	if err != nil {
		return nil, err
	}
	if call.body != nil {
		r.Body, r.ContentLength = call.body.reader(), int64(len(call.body.body))
		r.GetBody = func() (io.ReadCloser, error) { return call.body.reader(), nil }
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", c.userAgent)
	r.SetBasicAuth(c.credentials.SiteID.text(), c.credentials.APIKey.text())
	return r, nil
}

// noAnswer returns the error of a request that failed without a complete answer.
func (c *Client) noAnswer(ctx, attempt context.Context, what string, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", what, context.Cause(ctx))
	}
	if attempt.Err() != nil {
		return &APIError{Request: what, Cause: fmt.Sprintf("none within %s", c.timeout)}
	}
	cause, class := explain(err)
	return &APIError{Request: what, Cause: c.scrub(cause), class: class}
}

// refusal returns the error for an answer with a status other than 2xx.
func (c *Client) refusal(what string, response *http.Response, body []byte) *APIError {
	if response.StatusCode == http.StatusTooManyRequests {
		c.tally.Throttled.Add(1)
	}
	var reasons []Fault
	if classOf(response.StatusCode) == RefusedWhole {
		reasons = parseReasons(body, c.scrub)
	}
	excerpt := ""
	if len(reasons) == 0 {
		excerpt = c.excerpt(body)
	}
	return &APIError{
		Request: what, Status: response.StatusCode, Reasons: reasons, Excerpt: excerpt, Location: c.location(response),
		RetryAfter: ParseRetryAfter(response.Header.Get("Retry-After"), serverTime(response.Header.Get("Date"))),
	}
}

// location returns where an answer redirects to, for errors; empty for nowhere.
func (c *Client) location(response *http.Response) string {
	to, err := url.Parse(response.Header.Get("Location"))
	if err != nil || to.Host == "" {
		return ""
	}
	return quoted(c.scrub(to.Scheme + "://" + to.Host))
}

// excerpt returns the start of an answer for errors. Secrets are removed before it is cut, so that no part of
// one remains.
func (c *Client) excerpt(body []byte) string {
	return quoted(c.scrub(string(body[:min(len(body), 8*maxExcerpt)])))
}

// serverTime parses a Date header, so that a wrong clock of this machine does not matter. Without one it
// returns the time of this machine.
func serverTime(date string) time.Time {
	if t, err := http.ParseTime(date); err == nil {
		return t
	}
	return time.Now()
}

// maxReply returns how many bytes of an answer to read: enough for several faults of every operation.
func maxReply(operations int) int64 { return 1<<20 + int64(operations)*512 }
