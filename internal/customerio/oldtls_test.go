package customerio

import (
	"crypto/tls"
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"testing"
)

// tlsServerOn is tlsServer on another address.
func tlsServerOn(t *testing.T, listener net.Listener) (server *httptest.Server, ca []byte) {
	t.Helper()
	server = httptest.NewUnstartedServer(answering(200, "{}"))
	_ = server.Listener.Close()
	server.Listener = listener
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
}

// A server or proxy that supports nothing newer than TLS 1.1 gets no credentials.
func TestOldTLSIsNotSpoken(t *testing.T) {
	for _, newest := range []uint16{tls.VersionTLS10, tls.VersionTLS11, tls.VersionTLS12} {
		server := httptest.NewUnstartedServer(answering(200, "{}"))
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		server.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: newest}
		server.StartTLS()
		defer server.Close()
		ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
		_, err := overNetwork(t, server.URL, ca, nil).Send(t.Context(), numbered(1))
		if newest == tls.VersionTLS12 {
			if err != nil {
				t.Error(err)
			}
			continue
		}
		checkMisconfigured(t, err, "does not support TLS 1.2", server.URL)
	}
}
