package cli

import (
	"cmp"
	"fmt"
	"time"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/customerio"
	"ph2cio/internal/progress"
)

// adviseAfter is how long trouble lasts until a person is told what to do about it.
const adviseAfter = 30 * time.Second

// slowed is the share of --rate below which a person is told that Customer.io has slowed the run down.
const slowed = 0.75

// troubleWith returns what a person is told while requests do not succeed or are slowed down, nil otherwise. rate is that of
// the flag.
func troubleWith(watch *customerio.Watch, pace *customerio.Pace, rate float64) *progress.Trouble {
	t, ok := watch.Trouble()
	if !ok {
		return slowedBy(pace.Rate(), rate)
	}
	now := time.Now()
	lasted := now.Sub(t.Began)
	what, cause, advice := troubleText(t.Err)
	began := what + cause
	if t.Err != nil && t.Err.Class() != customerio.Throttled { // those answered 429 are not counted
		began += fmt.Sprintf("; each request gets up to %d tries", t.Of)
	}
	line := "! " + what + "; " + nextTry(&t, now) + " (" + shortTime(lasted) + " so far)" + cause
	if t.Err == nil {
		began = fmt.Sprintf("%s for %s", what, shortTime(lasted))
		line = fmt.Sprintf("! %s for %s; it has %s", what, shortTime(lasted), shortTime(customerio.DefaultTimeout))
	}
	lines := []string{line}
	if lasted >= adviseAfter {
		lines = append(lines, "  If it lasts: "+advice+". Ctrl-C is safe, the same command resumes.")
	}
	began += "; if it lasts: " + advice + "; stopping is safe"
	return &progress.Trouble{Lines: lines, Began: began, Over: "Customer.io answers again after " + shortTime(lasted)}
}

// slowedBy returns what a person is told while fewer requests start than --rate allows.
func slowedBy(now, rate float64) *progress.Trouble {
	if now >= slowed*rate {
		return nil
	}
	text := fmt.Sprintf("Customer.io asks to slow down (429): %.3g instead of %g requests/s", now, rate)
	return &progress.Trouble{
		Lines: []string{"! " + text}, Began: text + "; a lower --rate avoids this", Over: fmt.Sprintf("Customer.io takes %.3g requests/s again", now),
	}
}

// troubleText says what is wrong, why if somebody else than the API says so, and what a person can do.
func troubleText(err *customerio.APIError) (what, cause, advice string) {
	advice = "status.customer.io"
	if err == nil {
		return "Customer.io has not answered", "", advice
	}
	switch err.Class() {
	case customerio.Unanswered:
		return "No answer from Customer.io", ": " + terminal.OneLine(err.Cause), "check the network"
	case customerio.Throttled:
		return "Customer.io asks to slow down (429)", "", "a lower --rate"
	case customerio.Unclear:
		return fmt.Sprintf("Customer.io answers %d without the result", err.Status), "", advice
	}
	if err.Status < 300 {
		return fmt.Sprintf("An answer %d without JSON, as from a proxy", err.Status), "", "check the network"
	}
	return fmt.Sprintf("Customer.io answers %d", err.Status), "", advice
}

// nextTry says which try is next, and when. Those answered 429 are not counted.
func nextTry(t *customerio.Trouble, now time.Time) string {
	try, due := fmt.Sprintf("try %d of %d", t.Try, t.Of), t.Next.Sub(now)
	if t.Err != nil && t.Err.Class() == customerio.Throttled {
		try = "next try"
	}
	if t.Next.IsZero() || due <= 0 {
		return try + " now"
	}
	return try + " in " + shortTime(due+time.Second-1)
}

// shortTime writes a time for a line that counts it: 14 s, 3 min.
func shortTime(d time.Duration) string {
	if d < 2*time.Minute {
		return fmt.Sprintf("%d s", cmp.Or(int(d.Seconds()), 1))
	}
	return fmt.Sprintf("%d min", int(d.Minutes()))
}
