package people

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/zeebo/xxh3"

	"ph2cio/internal/rawjson"
)

// PlausibleEmail reports whether text, apart from space around it, could be somebody's email address: one @
// between a name and a domain with a dot, no spaces or brackets, and no longer than mail can be sent to.
func PlausibleEmail(text []byte) bool {
	text = bytes.TrimSpace(text)
	at := bytes.IndexByte(text, '@')
	if at < 1 || at > 64 || len(text) > 254 || bytes.IndexByte(text[at+1:], '@') >= 0 {
		return false
	}
	for _, r := range string(text) {
		if unicode.IsSpace(r) || unicode.IsControl(r) || r == utf8.RuneError || strings.ContainsRune(`<>()[],;:\"`, r) {
			return false
		}
	}
	domain := text[at+1:]
	dot := bytes.LastIndexByte(domain, '.')
	return dot > 0 && dot < len(domain)-1 && domain[0] != '.' && !bytes.Contains(domain, []byte(".."))
}

// FoldEmail appends an email in one form for all spellings: without space around it, and with each letter in
// one case. Two emails have the same form if strings.EqualFold reports that they are equal.
func FoldEmail(dst, email []byte) []byte {
	for _, r := range string(bytes.TrimSpace(email)) {
		dst = utf8.AppendRune(dst, foldRune(r))
	}
	return dst
}

// foldRune returns the smallest of the characters that differ from r only in case.
func foldRune(r rune) rune {
	if 'a' <= r && r <= 'z' {
		return r - 'a' + 'A'
	}
	smallest := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		smallest = min(smallest, next)
	}
	return smallest
}

// sameEmail reports whether two emails are the same in whatever case; an empty one is the same as none.
func sameEmail(a, b string) bool {
	return a != "" && string(FoldEmail(nil, []byte(a))) == string(FoldEmail(nil, []byte(b)))
}

// gaveUpEmail stands in the place of an EmailSum for a person who had an email once and has none now. No
// EmailSum is even.
const gaveUpEmail = 2

// EmailSum returns a hash of an email that is the same in all runs and for whatever case; 0 for an empty
// email.
func EmailSum(email string) uint64 {
	if email == "" {
		return 0
	}
	return xxh3.Hash(FoldEmail(nil, []byte(email))) | 1
}

// trimmed returns the text of a JSON string without the space around it, or nothing for any other value.
func trimmed(value []byte) []byte {
	text, _ := rawjson.PlainText(value)
	return bytes.TrimSpace(text)
}
