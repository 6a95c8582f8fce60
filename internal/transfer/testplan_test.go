package transfer

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"ph2cio/internal/customerio"
	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
	"ph2cio/internal/sandbox"
	"ph2cio/internal/source"
)

const samples = "../../testdata/exports/"

// runTime is the now of these tests: later than every event of the samples.
var runTime = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

// testPlan is what a test reads, by which rules, and how it is sent.
type testPlan struct {
	Input
	Rules
	Delivery
}

// newPlan returns a plan for files with default flags and a sender that only counts.
func newPlan(t *testing.T, options mapping.Options, paths ...string) *testPlan {
	t.Helper()
	sources, err := source.Find(t.Context(), paths, nil)
	if err != nil {
		t.Fatal(err)
	}
	if options.Now.IsZero() {
		options.Now = runTime
	}
	rules, err := mapping.New(options)
	if err != nil {
		t.Fatal(err)
	}
	return &testPlan{
		Input:    Input{Sources: sources},
		Rules:    Rules{Mapping: rules, Now: options.Now, Index: people.Options{Keep: rules.KeepPersonProperty, Added: rules.AddedPersonProperties(), DropDollar: !rules.KeepsDollar(), Dollars: mapping.KeptDollars(), PersonIDs: true}},
		Delivery: DryRun(nil),
	}
}

// to makes a plan send to a handler, through the real client and all senders around it.
func (p *testPlan) to(t *testing.T, handler http.Handler) {
	t.Helper()
	client, err := customerio.NewClient(customerio.ClientOptions{
		BaseURL:     "http://127.0.0.1:1",
		Credentials: customerio.Credentials{SiteID: customerio.NewSecret("site"), APIKey: customerio.NewSecret("key")},
		Transport:   sandbox.InProcess(handler), Tally: p.Tally,
	})
	if err != nil {
		t.Fatal(err)
	}
	p.Sender = customerio.Reduced(customerio.Bisected(customerio.Retried(client, customerio.Policy{Tally: p.Tally}), p.Tally), p.Tally)
	p.InFlight = func() int { return 4 }
}

// sent makes both passes, and returns the operations too.
func (p *testPlan) sent(t *testing.T) (*Summary, string) {
	t.Helper()
	var operations strings.Builder
	p.Observe = func(op customerio.Operation) error {
		operations.Write(op.Body)
		return nil
	}
	summary, err := p.readAndSend(t, t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return summary, operations.String()
}

// readAndSend makes both passes.
func (p *testPlan) readAndSend(t *testing.T, ctx context.Context) (*Summary, error) {
	t.Helper()
	first, err := RunFirstPass(ctx, p.Input, p.Rules)
	if err != nil {
		t.Fatal(err)
	}
	return Send(ctx, first, p.Delivery)
}

func newSandbox(faults sandbox.Faults) *sandbox.Sandbox {
	return sandbox.New(sandbox.Options{Faults: faults, Clock: func() time.Time { return runTime }})
}

// parsed reads an operation as the API does.
func parsed(body []byte) customerio.Operation {
	op, err := customerio.ParseOperation(body)
	if err != nil {
		panic(err)
	}
	return op
}
