package customerio

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxExcerpt is how much of an answer an error shows, in bytes.
const maxExcerpt = 300

// minScrubbed is the shortest secret that is searched for in text from outside. A shorter one would occur in
// common words.
const minScrubbed = 6

// scrubber returns a function that removes the secrets from text from outside, such as an answer or an error
// of the transport.
func (c Credentials) scrubber() func(string) string {
	site, key := c.SiteID.text(), c.APIKey.text()
	return scrubber(site, key, base64.StdEncoding.EncodeToString([]byte(site+":"+key)))
}

func scrubber(secrets ...string) func(string) string {
	var pairs []string
	for _, s := range secrets {
		for _, form := range []string{s, url.QueryEscape(s), url.PathEscape(s)} {
			if len(form) >= minScrubbed {
				pairs = append(pairs, form, redacted)
			}
		}
	}
	replacer := strings.NewReplacer(pairs...)
	return replacer.Replace
}

// cut shortens a text to at most limit bytes on a character boundary.
func cut(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit]
}

// quoted prepares text from outside for a terminal: short, on one line, with control characters escaped.
func quoted(text string) string {
	short := cut(strings.TrimSpace(text), maxExcerpt)
	if len(short) < len(strings.TrimSpace(text)) {
		return strconv.Quote(short) + "..."
	}
	return strconv.Quote(short)
}

func severalOperations(n int) string {
	if n == 1 {
		return "1 operation"
	}
	return fmt.Sprint(n, " operations")
}
