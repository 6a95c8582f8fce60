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

// FoldEmail appends an email without space around it, so that two that differ only in case become the same,
// as with strings.EqualFold.
func FoldEmail(dst, email []byte) []byte {
	for _, r := range string(bytes.TrimSpace(email)) {
		dst = utf8.AppendRune(dst, foldRune(r))
	}
	return dst
}

// foldRune returns the smallest of the characters that are the same but for case.
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

func sameEmail(a, b string) bool {
	return a != "" && string(FoldEmail(nil, []byte(a))) == string(FoldEmail(nil, []byte(b)))
}

// EmailSum stands for an email, in whatever case, in all runs; 0 is for none.
func EmailSum(email string) uint64 {
	if email == "" {
		return 0
	}
	return xxh3.Hash(FoldEmail(nil, []byte(email))) | 1
}

// trimmed is the text of a JSON string without white space around it, empty for anything else.
func trimmed(value []byte) []byte {
	text, _ := rawjson.PlainText(value)
	return bytes.TrimSpace(text)
}
