// Package loopback tells whether a host is this machine.
package loopback

import (
	"net/netip"
	"strings"
)

// Is reports whether a host, a name or an address without a port, is this machine itself, to which nothing
// travels over a network.
func Is(host string) bool {
	address, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && address.IsLoopback()
}
