package customerio

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ph2cio/internal/sandbox"
)

const proxyPassword = "hunter22secret"

// tlsServer answers {} with httptest's own certificate, which is for 127.0.0.1 and example.com.
func tlsServer(t *testing.T) (server *httptest.Server, ca []byte) {
	t.Helper()
	server = httptest.NewUnstartedServer(answering(200, "{}"))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
}

// overNetwork is a client of a real server, by way of a proxy if one is given.
func overNetwork(t *testing.T, base string, ca []byte, proxy func(*http.Request) (*url.URL, error)) *Client {
	t.Helper()
	o := ClientOptions{BaseURL: base, Credentials: testCredentials, CACert: ca, Timeout: 10 * time.Second}
	if proxy == nil {
		proxy = func(*http.Request) (*url.URL, error) { return nil, nil }
	}
	transport, err := newTransport(o, proxy)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(transport.(*http.Transport).CloseIdleConnections)
	o.Transport = transport
	c, err := NewClient(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func checkMisconfigured(t *testing.T, err error, says ...string) {
	t.Helper()
	api, ok := errors.AsType[*APIError](err)
	if !ok || api.Class() != Misconfigured || Temporary(err) {
		t.Fatalf("%#v", err)
	}
	for _, part := range says {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not say %q", err, part)
		}
	}
	checkHidden(t, "the error", err)
}

func TestCertificates(t *testing.T) {
	server, ca := tlsServer(t)
	_, err := overNetwork(t, server.URL, nil, nil).Send(t.Context(), numbered(1))
	checkMisconfigured(t, err, "certificate is not trusted", "--ca-cert", server.URL)
	if _, err := overNetwork(t, server.URL, ca, nil).Send(t.Context(), numbered(1)); err != nil {
		t.Errorf("with --ca-cert: %v", err)
	}
	_, err = overNetwork(t, strings.Replace(server.URL, "127.0.0.1", "localhost", 1), ca, nil).Send(t.Context(), numbered(1))
	checkMisconfigured(t, err, "certificate is not trusted", "localhost")
}

func TestAnExpiredCertificateIsNotTrusted(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "old"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(-24 * time.Hour), IsCA: true, BasicConstraintsValid: true,
	}, &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "old"}}, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(answering(200, "{}"))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{raw}, PrivateKey: key}}}
	server.StartTLS()
	defer server.Close()
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw})
	_, err = overNetwork(t, server.URL, ca, nil).Send(t.Context(), numbered(1))
	checkMisconfigured(t, err, "expired")
}

func TestHTTPSToAPlainServer(t *testing.T) {
	server := httptest.NewServer(answering(200, "{}"))
	defer server.Close()
	_, err := overNetwork(t, "https"+strings.TrimPrefix(server.URL, "http"), nil, nil).Send(t.Context(), numbered(1))
	checkMisconfigured(t, err, "does not speak TLS")
}

func TestAClosedPortIsTemporary(t *testing.T) {
	server := httptest.NewServer(nil)
	server.Close()
	_, err := overNetwork(t, server.URL, nil, nil).Send(t.Context(), numbered(1))
	if !Temporary(err) || !strings.Contains(err.Error(), "no answer: dial tcp 127.0.0.1") {
		t.Error(err)
	}
}

// proxyTo is a proxy that knows one password and connects everybody to one server.
func proxyTo(t *testing.T, address string) (proxy *url.URL, connects *atomic.Int64) {
	t.Helper()
	connects = new(atomic.Int64)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		want := "Basic " + base64.StdEncoding.EncodeToString([]byte("someone:"+proxyPassword))
		if r.Method != "CONNECT" || r.Header.Get("Proxy-Authorization") != want {
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		connects.Add(1)
		there, err := net.Dial("tcp", address)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		here, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = io.WriteString(here, "HTTP/1.1 200 Connected\r\n\r\n")
		go func() { defer here.Close(); _, _ = io.Copy(here, there) }()
		go func() { defer there.Close(); _, _ = io.Copy(there, here) }()
	}))
	t.Cleanup(server.Close)
	proxy, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy.User = url.UserPassword("someone", proxyPassword)
	return proxy, connects
}

func TestAProxyIsUsedAndItsPasswordIsNotShown(t *testing.T) {
	server, ca := tlsServer(t)
	proxy, connects := proxyTo(t, server.Listener.Addr().String())
	if _, err := overNetwork(t, "https://example.com", ca, http.ProxyURL(proxy)).Send(t.Context(), numbered(1)); err != nil {
		t.Error(err)
	}
	if connects.Load() != 1 {
		t.Errorf("%d connects", connects.Load())
	}

	wrong := *proxy
	wrong.User = url.UserPassword("other", proxyPassword)
	_, err := overNetwork(t, "https://example.com", ca, http.ProxyURL(&wrong)).Send(t.Context(), numbered(1))
	checkMisconfigured(t, err, "407", "HTTPS_PROXY", proxy.Host)

	_, err = overNetwork(t, "https://example.com", ca, func(*http.Request) (*url.URL, error) {
		return url.Parse(strings.Join([]string{"http://someone:", proxyPassword, "@host:port"}, ""))
	}).Send(t.Context(), numbered(1))
	checkMisconfigured(t, err, "HTTPS_PROXY is not a URL")

	server.Close()
	_, err = overNetwork(t, "https://example.com", ca, http.ProxyURL(proxy)).Send(t.Context(), numbered(1))
	if !Temporary(err) || !strings.Contains(err.Error(), "could not connect (502)") {
		t.Error(err)
	}
	checkHidden(t, "502 from a proxy", err)

	gone := httptest.NewServer(nil)
	gone.Close()
	wrong.Host = gone.Listener.Addr().String()
	_, err = overNetwork(t, "https://example.com", ca, http.ProxyURL(&wrong)).Send(t.Context(), numbered(1))
	if !Temporary(err) {
		t.Error(err)
	}
	checkHidden(t, "no proxy there", err)
}

// net/http reads the environment once in a process, so a second process is the one with the proxy.
func TestTheProxyOfTheEnvironmentIsUsed(t *testing.T) {
	if ca := os.Getenv("TEST_PROXIED_CA"); ca != "" {
		c, err := NewClient(ClientOptions{BaseURL: "https://example.com", Credentials: testCredentials, CACert: []byte(ca)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Send(t.Context(), numbered(1)); err != nil {
			t.Error(err)
		}
		return
	}
	server, ca := tlsServer(t)
	proxy, connects := proxyTo(t, server.Listener.Addr().String())
	again := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestTheProxyOfTheEnvironmentIsUsed$")
	again.Env = append(os.Environ(), "TEST_PROXIED_CA="+string(ca), "HTTPS_PROXY="+proxy.String(), "NO_PROXY=", "no_proxy=")
	if out, err := again.CombinedOutput(); err != nil || connects.Load() != 1 {
		t.Errorf("%v, %d connects\n%s", err, connects.Load(), out)
	}
}

// The server answers before it has read the body, so that the client is still sending when it has its answer.
func TestReleasedBatchesAreNotOnTheWire(t *testing.T) {
	server := httptest.NewServer(answering(429, ""))
	defer server.Close()
	c := overNetwork(t, server.URL, nil, nil)
	for range 20 {
		b := NewBatch()
		for i := range 15 {
			b.add(sized(uint64(i), MaxItem))
		}
		_, err := c.Send(t.Context(), b)
		if !Temporary(err) {
			t.Fatal(err)
		}
		for i := range b.body {
			b.body[i] = 'r' // the race detector sees who reads it now
		}
		b.Release()
	}
}

// countingConnections is a server that counts those made to it.
func countingConnections(t *testing.T, h http.Handler) (url string, connections *atomic.Int64) {
	t.Helper()
	connections = new(atomic.Int64)
	server := httptest.NewUnstartedServer(h)
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	return server.URL, connections
}

func TestConnectionsAreKept(t *testing.T) {
	url, connections := countingConnections(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, "{}")
	}))
	c := overNetwork(t, url, nil, nil)
	const atOnce, rounds = 8, 12
	for range rounds {
		done := make(chan error)
		for range atOnce {
			go func() {
				_, err := c.Send(t.Context(), numbered(1))
				done <- err
			}()
		}
		for range atOnce {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
	}
	// Now and then a connection comes back a moment too late and another one is made. If only two were kept,
	// six would be made in every round.
	if n := connections.Load(); n > 4*atOnce {
		t.Errorf("%d connections for %d requests at once", n, atOnce)
	}
}

// An answer that refuses, of any kind, leaves its connection for the next request.
func TestConnectionsAreKeptThroughFaults(t *testing.T) {
	box := sandbox.New(sandbox.Options{SiteID: canarySite, APIKey: canaryKey, Faults: sandbox.Faults{Answers: []sandbox.Answer{
		{Probability: 0.2, Seed: 1, Status: 429}, {Probability: 0.2, Seed: 2, Status: 503, Body: sandbox.BodyHTML},
		{Probability: 0.1, Seed: 3, Status: 200, Body: sandbox.BodyCut}, {Probability: 0.1, Seed: 4, Status: 500, Body: sandbox.BodyEmpty},
	}}})
	url, connections := countingConnections(t, box)
	sender := Retried(Paced(overNetwork(t, url, nil, nil), NewPace(500)), Policy{Attempts: 100, Base: time.Millisecond, Cap: time.Millisecond})
	const lanes, rounds = 4, 30
	var all sync.WaitGroup
	for range lanes {
		all.Go(func() {
			for range rounds {
				if _, err := sender.Send(t.Context(), numbered(1)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if requests, n := box.Stats().Requests, connections.Load(); n > 3*lanes || requests < lanes*rounds*3/2 {
		t.Errorf("%d connections for %d requests, %d at once", n, requests, lanes)
	}
}
