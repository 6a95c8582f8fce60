package customerio

import (
	"context"
	"encoding/binary"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// names answers questions for addresses, as a name server does: A with 127.0.0.1, AAAA with ::1, each only if
// there is one.
type names struct {
	lock      sync.Mutex
	requested int
	fails     int // so many questions are answered with SERVFAIL first
	none      int // and so many with NXDOMAIN after them
	v4        bool
	v6        bool
}

const (
	servFail, nxDomain = 2, 3
	typeA, typeAAAA    = 1, 28
)

// answer is a message with the question, and the record that it asks for if there is one.
func (n *names) answer(question []byte) []byte {
	n.lock.Lock()
	defer n.lock.Unlock()
	n.requested++
	end := 12
	for question[end] != 0 {
		end += int(question[end]) + 1
	}
	kind := binary.BigEndian.Uint16(question[end+1:])
	reply := append([]byte{question[0], question[1], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, question[12:end+5]...)
	record := func(address net.IP) {
		reply[7] = 1
		reply = append(reply, 0xc0, 12, 0, byte(kind), 0, 1, 0, 0, 0, 0, 0, byte(len(address)))
		reply = append(reply, address...)
	}
	switch {
	case n.requested <= n.fails:
		reply[3] |= servFail
	case n.requested <= n.fails+n.none:
		reply[3] |= nxDomain
	case kind == typeA && n.v4:
		record(net.IPv4(127, 0, 0, 1).To4())
	case kind == typeAAAA && n.v6:
		record(net.IPv6loopback)
	}
	return reply
}

func (n *names) questions() int {
	n.lock.Lock()
	defer n.lock.Unlock()
	return n.requested
}

// serve makes the process ask n for names until the test ends.
func (n *names) serve(t *testing.T) {
	t.Helper()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	before := net.DefaultResolver
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", server.LocalAddr().String())
	}}
	t.Cleanup(func() {
		net.DefaultResolver = before
		_ = server.Close()
	})
	go func() {
		for question := make([]byte, 1500); ; {
			size, from, err := server.ReadFrom(question)
			if err != nil {
				return
			}
			_, _ = server.WriteTo(n.answer(question[:size]), from)
		}
	}()
}

// named is the address of a server by the name that its certificate has.
func named(server *httptest.Server) string {
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	return "https://example.com:" + port
}

// A name that cannot be resolved for a moment is looked up again, and so is one that does not exist.
func TestNamesThatAreGoneForAMoment(t *testing.T) {
	for _, n := range []*names{{fails: 8, v4: true}, {none: 4, v4: true}} {
		n.serve(t)
		server, ca := tlsServer(t)
		client := overNetwork(t, named(server), ca, nil)
		_, err := client.Send(t.Context(), numbered(1))
		if !Temporary(err) || !strings.Contains(err.Error(), "lookup example.com") {
			t.Errorf("got %v", err)
		}
		tally := new(Tally)
		receipt, err := Retried(client, Policy{Base: time.Millisecond, Cap: time.Millisecond, Tally: tally}).Send(t.Context(), numbered(1))
		if err != nil || len(receipt.Unsent) != 0 || n.questions() <= n.fails+n.none {
			t.Errorf("%v, %d unsent after %d questions", err, len(receipt.Unsent), n.questions())
		}
	}
}

// Of a name's addresses the one that answers is used, whichever it is.
func TestEitherAddressOfANameWillDo(t *testing.T) {
	for _, n := range []*names{{v4: true}, {v4: true, v6: true}} {
		n.serve(t)
		server, ca := tlsServer(t) // on 127.0.0.1 alone
		start := time.Now()
		if _, err := overNetwork(t, named(server), ca, nil).Send(t.Context(), numbered(1)); err != nil || time.Since(start) > 5*time.Second {
			t.Errorf("%v after %s", err, time.Since(start))
		}
	}
	listener, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Skip("there is no IPv6 here: ", err)
	}
	(&names{v6: true}).serve(t)
	server, ca := tlsServerOn(t, listener)
	if _, err := overNetwork(t, named(server), ca, nil).Send(t.Context(), numbered(1)); err != nil {
		t.Errorf("by IPv6 alone: %v", err)
	}
	plain := httptest.NewUnstartedServer(answering(200, "{}"))
	_ = plain.Listener.Close()
	if plain.Listener, err = net.Listen("tcp", "[::1]:0"); err != nil {
		t.Fatal(err)
	}
	plain.Start()
	defer plain.Close()
	if _, err := overNetwork(t, plain.URL, nil, nil).Send(t.Context(), numbered(1)); err != nil {
		t.Errorf("plain HTTP to %s: %v", plain.URL, err)
	}
}
