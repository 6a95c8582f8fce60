package posthog

import (
	"bytes"

	"ph2cio/internal/rawjson"
)

// IllegalID reports whether PostHog refuses to join anybody under this distinct ID: empty or white text, a
// placeholder such as "undefined" or `"null"`, quoted or not, and the stand-in for visitors without cookies.
// The lists are those of PostHog's person-merge-service.ts. Such an ID can still stand on events.
func IllegalID(id []byte) bool {
	if rawjson.Blank(id) {
		return true
	}
	if len(id) > len("$posthog_cookieless") { // the longest one
		return false
	}
	if string(id) == "$posthog_cookieless" {
		return true
	}
	if n := len(id); n >= 2 && (id[0] == '\'' || id[0] == '"') && id[n-1] == id[0] {
		id = id[1 : n-1]
	}
	switch string(id) {
	case "[object Object]", "NaN", "None", "none", "null", "0", "undefined":
		return true
	}
	var lower [len("$posthog_cookieless")]byte
	for i, c := range id {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		lower[i] = c
	}
	switch string(lower[:len(id)]) {
	case "anonymous", "guest", "distinctid", "distinct_id", "id", "not_authenticated", "email", "undefined", "true", "false":
		return true
	}
	return false
}

// MachineMade reports whether an ID has the shape of one that PostHog made up for a visitor: a UUID, 32 hex
// digits, the form that posthog-js used before UUIDs, such as
// 17f1d2a3b4c5d6-0a1b2c3d4e5f67-35667c03-13c680-17f1d2a3b4c7e8, or one for a visitor without cookies.
func MachineMade(id []byte) bool {
	_, ok := rawjson.ParseUUID(id)
	return ok || oldDeviceID(id) || bytes.HasPrefix(id, []byte("cookieless_")) || CookielessDevice(id)
}

// CookielessDevice reports whether an ID is one that PostHog makes up for the device of visitors without
// cookies. It is a hash of their address, so that everybody behind one address has the same. Source:
// github.com/PostHog/posthog, nodejs/src/ingestion/cookieless.
func CookielessDevice(id []byte) bool { return bytes.HasPrefix(id, []byte("cookielessd_")) }

// oldDeviceID recognises the five hex numbers of old posthog-js: the time in milliseconds with a counter, a
// random fraction with its leading 0, the browser, the screen, and the time again.
func oldDeviceID(id []byte) bool {
	if len(id) < 30 || id[0] != '1' {
		return false
	}
	var parts [5][]byte
	for i := range parts[:4] {
		before, after, ok := bytes.Cut(id, []byte{'-'})
		if !ok {
			return false
		}
		parts[i], id = before, after
	}
	parts[4] = id
	return hexTime(parts[0]) && hexTime(parts[4]) &&
		hexLong(parts[1], 2, 20) && parts[1][0] == '0' && hexLong(parts[2], 1, 10) && hexLong(parts[3], 1, 8)
}

func hexTime(b []byte) bool { return hexLong(b, 12, 16) && b[0] == '1' }

func hexLong(b []byte, least, most int) bool {
	return len(b) >= least && len(b) <= most && rawjson.AllHex(b)
}
