package cli

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/customerio"
)

// answersWith is a transport that gives each request the same answer.
type answersWith func() (*http.Response, error)

func (a answersWith) RoundTrip(*http.Request) (*http.Response, error) { return a() }

// TestTroubleSaysWhatToDoIfItLasts has each kind of trouble for a while, and an API that answers in the end.
func TestTroubleSaysWhatToDoIfItLasts(t *testing.T) {
	status := func(code int) answersWith {
		return func() (*http.Response, error) {
			return &http.Response{StatusCode: code, Header: http.Header{"Retry-After": {"20"}}, Body: http.NoBody}, nil
		}
	}
	for _, test := range []struct {
		name   string
		answer answersWith
		after  time.Duration
		lines  []string
		began  string
	}{
		{"503", status(503), 14500 * time.Millisecond, []string{"! Customer.io answers 503; try 2 of 8 in 6 s (14 s so far)"},
			"Customer.io answers 503; each request gets up to 8 tries; if it lasts: status.customer.io; stopping is safe"},
		{"503 for long", status(503), 44500 * time.Millisecond,
			[]string{"! Customer.io answers 503; try 4 of 8 in 16 s (44 s so far)", "  If it lasts: status.customer.io. Ctrl-C is safe, the same command resumes."}, ""},
		{"429", status(429), 14500 * time.Millisecond, []string{"! Customer.io asks to slow down (429); next try in 6 s (14 s so far)"},
			"Customer.io asks to slow down (429); if it lasts: a lower --rate; stopping is safe"},
		{"no answer", func() (*http.Response, error) { time.Sleep(time.Hour); return nil, errors.New("late") }, 7500 * time.Millisecond,
			[]string{"! Customer.io has not answered for 7 s; it has 30 s"}, "Customer.io has not answered for 7 s; if it lasts: status.customer.io; stopping is safe"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var watch customerio.Watch
				client, err := customerio.NewClient(customerio.ClientOptions{
					BaseURL: "https://track.example.test", Transport: test.answer,
					Credentials: customerio.Credentials{SiteID: customerio.NewSecret("a"), APIKey: customerio.NewSecret("b")},
				})
				if err != nil {
					t.Fatal(err)
				}
				to := &destination{client: client, tally: &customerio.Tally{}}
				pace := customerio.NewPace(10)
				sender := to.sender(pace, &watch, nil)
				if troubleWith(&watch, pace, 10) != nil {
					t.Error("there is trouble before anything is sent")
				}
				packer := customerio.NewPacker(customerio.MaxBody, 0)
				_, _ = packer.Add(customerio.Operation{Action: customerio.Event, Body: []byte(`{"type":"person","action":"event"}`)})
				batch, done := packer.Flush(), make(chan bool)
				go func() {
					_, _ = sender.Send(t.Context(), batch)
					close(done)
				}()
				time.Sleep(test.after)
				got := troubleWith(&watch, pace, 10)
				if got == nil {
					t.Fatal("there is no trouble")
				}
				if diff := cmp.Diff(test.lines, got.Lines); diff != "" {
					t.Errorf("lines differ (-want +got):\n%s", diff)
				}
				if test.began != "" && got.Began != test.began {
					t.Errorf("a log says %q, want %q", got.Began, test.began)
				}
				if !strings.HasPrefix(got.Over, "Customer.io answers again after ") {
					t.Errorf("a log says in the end %q", got.Over)
				}
				pace.Stop(errors.New("stopped"))
				<-done
				if _, ok := watch.Trouble(); ok {
					t.Error("there is trouble after the end")
				}
			})
		})
	}
}

// TestTroubleNamesWhoAnswers has an answer that is not Customer.io's.
func TestTroubleNamesWhoAnswers(t *testing.T) {
	for status, want := range map[int]string{
		200: "An answer 200 without JSON, as from a proxy",
		502: "Customer.io answers 502",
	} {
		if got, _, _ := troubleText(&customerio.APIError{Status: status}); got != want {
			t.Errorf("%d: %q, want %q", status, got, want)
		}
	}
}

// TestASlowedRunSaysSo has the rates that a pace falls to and climbs back through.
func TestASlowedRunSaysSo(t *testing.T) {
	if got := slowedBy(7.5, 10); got != nil {
		t.Errorf("%+v", got)
	}
	got := slowedBy(3.43, 10)
	if got == nil {
		t.Fatal("nothing is said")
	}
	if want := "! Customer.io asks to slow down (429): 3.43 instead of 10 requests/s"; got.Lines[0] != want {
		t.Errorf("%q, want %q", got.Lines[0], want)
	}
}

// TestStoppingSaysHowManyRequestsAreUnderWay has none, and a terminal.
func TestStoppingSaysHowManyRequestsAreUnderWay(t *testing.T) {
	p := &program{requests: &customerio.Watch{}}
	if got := p.stoppingText(); got != "Stopping." {
		t.Errorf("%q", got)
	}
	p.env.StderrTerminal = true
	if got := p.stoppingText(); got != "Stopping. Ctrl-C again leaves at once." {
		t.Errorf("%q", got)
	}
}
