package customerio

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"ph2cio/internal/loopback"
)

// checkBase checks the API's address and returns it without a slash at the end. Its errors do not repeat the
// address, which may hold a password.
func checkBase(base string) (string, error) {
	u, err := url.Parse(base)
	switch {
	case err != nil, u.Host == "", u.Opaque != "":
		return "", errors.New("CUSTOMERIO_TRACK_URL is not a URL: it should look like https://track.customer.io")
	case u.User != nil:
		return "", errors.New("CUSTOMERIO_TRACK_URL contains a user name or password: credentials go into " +
			"CUSTOMERIO_SITE_ID and CUSTOMERIO_API_KEY")
	case u.RawQuery != "" || u.Fragment != "":
		return "", errors.New("CUSTOMERIO_TRACK_URL has a query or fragment: it should look like https://track.customer.io")
	case u.Scheme == "http" && !loopback.Is(u.Hostname()):
		return "", fmt.Errorf("CUSTOMERIO_TRACK_URL \"http://%s\" is not encrypted, and others could read the credentials: "+
			"use https; plain http is only for this machine", u.Host)
	case u.Scheme != "https" && u.Scheme != "http":
		return "", errors.New("CUSTOMERIO_TRACK_URL is neither https nor http")
	}
	return strings.TrimRight(u.String(), "/"), nil
}

// newTransport returns a transport for HTTP/1.1 only. Over HTTP/2 all uploads would share the window of one
// connection, and net/http would repeat some requests without us counting them.
func newTransport(o ClientOptions, proxy func(*http.Request) (*url.URL, error)) (http.RoundTripper, error) {
	roots, err := trusted(o.CACert)
	if err != nil {
		return nil, err
	}
	kept := o.InFlight
	if kept <= 0 {
		kept = MaxInFlight
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:                  quietly(proxy),
		OnProxyConnectResponse: proxyAnswer,
		DialContext:            dialer.DialContext,
		TLSClientConfig:        &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    10 * time.Second,
		MaxIdleConns:           kept,
		MaxIdleConnsPerHost:    kept, // with the default of 2 every further request would need a handshake
		IdleConnTimeout:        90 * time.Second,
		Protocols:              protocols,
	}, nil
}

// trusted returns the certificate authorities of the machine and of the PEM. Without a PEM it returns nil,
// which means those of the machine.
func trusted(pem []byte) (*x509.CertPool, error) {
	if len(pem) == 0 {
		return nil, nil
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool() // the machine has no authorities
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, errors.New("--ca-cert: the file contains no certificate in PEM format")
	}
	return pool, nil
}

// setupError is an error in the settings of this machine.
type setupError string

func (e setupError) Error() string { return string(e) }

// quietly keeps a malformed proxy address, which may hold a password, out of errors.
func quietly(proxy func(*http.Request) (*url.URL, error)) func(*http.Request) (*url.URL, error) {
	return func(r *http.Request) (*url.URL, error) {
		u, err := proxy(r)
		if err != nil || u != nil && !isProxy(u) {
			return nil, setupError("the proxy address in HTTPS_PROXY is not a URL; in a password, write # as %23, / as %2F, ? as %3F")
		}
		return u, nil
	}
}

// isProxy reports whether a URL is the address of a proxy and nothing more. More would be part of a password
// that was not escaped. If such a URL cannot be parsed at all, net/http puts http:// before it and takes http
// for the host.
func isProxy(u *url.URL) bool {
	return u.RawQuery == "" && u.Fragment == "" && strings.Trim(u.Path, "/") == "" && u.Hostname() != "http" && u.Hostname() != "https"
}

// proxyAnswer returns an error if a proxy refuses CONNECT.
func proxyAnswer(_ context.Context, proxy *url.URL, _ *http.Request, answer *http.Response) error {
	switch {
	case answer.StatusCode == http.StatusOK:
		return nil
	case answer.StatusCode == http.StatusProxyAuthRequired:
		return setupError(fmt.Sprintf("the proxy %s did not accept its credentials (407): check HTTPS_PROXY", proxy.Host))
	case answer.StatusCode >= 500:
		return fmt.Errorf("the proxy %s could not connect (%d)", proxy.Host, answer.StatusCode)
	}
	return setupError(fmt.Sprintf("the proxy %s refuses to connect (%d): check HTTPS_PROXY and NO_PROXY",
		proxy.Host, answer.StatusCode))
}

// explain describes an error of the transport. Its class is Misconfigured for one of settings, which retries
// do not solve, and Unanswered for any other. The error itself is not kept, since it may quote the password
// of a proxy.
func explain(err error) (cause string, class Class) {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err // without the URL, which the request's description has already
	}
	if e, ok := errors.AsType[setupError](err); ok {
		return e.Error(), Misconfigured
	}
	if e, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return "the server's certificate is not trusted: " + e.Err.Error() +
			"; if your own authority signed it, name that authority's certificate with --ca-cert", Misconfigured
	}
	if errors.Is(err, http.ErrSchemeMismatch) {
		return "the server does not speak TLS: check https and the port in the address", Misconfigured
	}
	if strings.Contains(err.Error(), "protocol version") { // crypto/tls has no type for this error
		return "the server, or a proxy in between, does not support TLS 1.2 or newer", Misconfigured
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "the connection was closed early", Unanswered
	}
	return err.Error(), Unanswered
}

var errReturned = errors.New("the batch has been taken back")

// loan lends the body of a batch to the transport. net/http may continue to read a request's body after Do
// has returned, when the batch may already hold other operations. Once the loan has ended, reading fails.
type loan struct {
	lock sync.Mutex
	body []byte
	over bool
}

func (l *loan) end() {
	l.lock.Lock()
	defer l.lock.Unlock()
	l.body, l.over = nil, true
}

// reader returns a reader of the body from its beginning.
func (l *loan) reader() io.ReadCloser { return &loanReader{loan: l} }

type loanReader struct {
	loan *loan
	at   int
}

func (r *loanReader) Read(p []byte) (int, error) {
	r.loan.lock.Lock()
	defer r.loan.lock.Unlock()
	switch {
	case r.loan.over:
		return 0, errReturned
	case r.at == len(r.loan.body):
		return 0, io.EOF
	}
	n := copy(p, r.loan.body[r.at:])
	r.at += n
	return n, nil
}

func (r *loanReader) Close() error { return nil }
