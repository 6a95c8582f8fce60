package customerio

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// MaxRetryAfter is the longest wait that an answer can demand, as in Customer.io's Node library.
const MaxRetryAfter = 300 * time.Second

// ParseRetryAfter parses a Retry-After header, in seconds or as an HTTP date, which is compared with now. The
// result is from 0 to MaxRetryAfter. It is 0 if the header cannot be parsed.
func ParseRetryAfter(header string, now time.Time) time.Duration {
	header = strings.TrimSpace(header)
	if date, err := http.ParseTime(header); err == nil {
		return min(max(date.Sub(now), 0), MaxRetryAfter)
	}
	if header == "" || strings.Trim(header, "0123456789") != "" {
		return 0
	}
	seconds, err := strconv.ParseUint(header, 10, 64)
	if err != nil || seconds > uint64(MaxRetryAfter/time.Second) {
		return MaxRetryAfter // all digits, so too large
	}
	return time.Duration(seconds) * time.Second
}
