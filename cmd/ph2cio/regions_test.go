package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"ph2cio/internal/sandbox"
)

// bothRegions starts a sandbox that answers as the servers of both regions to whoever comes through a proxy.
// The account is in one of them.
func bothRegions(t *testing.T, region sandbox.Region) (box *sandbox.Sandbox, proxy, ca string, asked *hostLog) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"track.customer.io", "track-eu.customer.io"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	raw, err := x509.CreateCertificate(rand.Reader, about, about, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	box, asked = sandbox.New(sandbox.Options{SiteID: canarySite, APIKey: canaryKey, Region: region}), &hostLog{}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.add(r.Host + r.URL.Path)
		box.ServeHTTP(w, r)
	}))
	server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{raw}, PrivateKey: key}}}
	server.StartTLS()
	t.Cleanup(server.Close)
	proxy, _ = proxyTo(t, server.Listener.Addr().String())
	return box, proxy, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw})), asked
}

// hostLog has the hosts and paths of requests, in their order.
type hostLog struct {
	lock sync.Mutex
	all  []string
}

func (l *hostLog) add(one string) {
	l.lock.Lock()
	defer l.lock.Unlock()
	l.all = append(l.all, one)
}

func (l *hostLog) requests() []string {
	l.lock.Lock()
	defer l.lock.Unlock()
	return slices.Clone(l.all)
}

// TestTheServerOfTheRegionGetsThePeople holds that people and events go to the server of the account's region
// alone. Any server may be asked where that is.
func TestTheServerOfTheRegionGetsThePeople(t *testing.T) {
	t.Parallel()
	const us, eu, where, batch = "track.customer.io", "track-eu.customer.io", "/api/v1/accounts/region", "/api/v2/batch"
	for name, c := range map[string]struct {
		region sandbox.Region
		named  string
		want   []string
	}{
		"found out, eu": {sandbox.EU, "", []string{us + where, eu + batch, eu + batch}},
		"named, eu":     {sandbox.EU, "eu", []string{eu + where, eu + batch, eu + batch}},
		"found out, us": {sandbox.US, "", []string{us + where, us + batch, us + batch}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			box, proxy, ca, asked := bothRegions(t, c.region)
			r := newRun(t, "")
			r.environment["HTTPS_PROXY"], r.environment["CUSTOMERIO_REGION"] = proxy, c.named
			out := r.run("backfill", "--yes", "--settle", "0s", "--ca-cert", r.write("ca.pem", ca), r.write("events.jsonl", oneRow))
			if got := asked.requests(); out.code != 0 || box.Stats().EventsStored != 1 || !slices.Equal(got, c.want) {
				t.Errorf("exit code %d, asked %q, want %q\n%s", out.code, got, c.want, out)
			}
		})
	}
}
