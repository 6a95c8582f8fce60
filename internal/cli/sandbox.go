package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/exit"
	"ph2cio/internal/ledger"
	"ph2cio/internal/report"
	"ph2cio/internal/sandbox"
)

type sandboxOptions struct{ listen string }

func newSandbox(p *program) *cobra.Command {
	o := &sandboxOptions{}
	c := &cobra.Command{
		Use:   "sandbox",
		Short: "Run a strict local Track API, to try everything without an account",
		Long: `Plays Customer.io's Track API on this machine until Ctrl-C. It refuses what the API refuses, accepts silently what the API accepts
silently, and keeps everything in memory. When it ends, the state directories of what was sent to it are removed too, except those
named with --state. Ask it what it holds, or make it fail:

  GET /sandbox/people     the people
  GET /sandbox/events     their events
  GET /sandbox/stats      counts
  GET /sandbox/requests   the requests that came
  POST /sandbox/faults    fail requests from now on
  POST /sandbox/reset     forget everything`,
		Example: `  ph2cio sandbox --listen 127.0.0.1:8099
  curl -s http://127.0.0.1:8099/sandbox/people

  export CUSTOMERIO_TRACK_URL=http://127.0.0.1:8099
  export CUSTOMERIO_SITE_ID=x CUSTOMERIO_API_KEY=y
  ph2cio backfill export.jsonl`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return runSandbox(c.Context(), p, o) },
	}
	c.Flags().StringVar(&o.listen, "listen", "127.0.0.1:8099", "loopback address to listen on")
	describe(c.Flags(), "listen", ownFlags, "HOST:PORT", inShort())
	return c
}

// sandboxDocument is the document of sandbox, which it writes when it listens.
type sandboxDocument struct {
	URL string `json:"url"`
}

func runSandbox(ctx context.Context, p *program, o *sandboxOptions) error {
	var log func(line string)
	if to := p.unlessQuiet(); to != io.Discard {
		log = func(line string) { fmt.Fprintln(to, terminal.Plain(line)) }
	}
	life := strconv.FormatUint(uint64(rand.Uint32()), 36) // short, since it is part of a path
	box := sandbox.New(sandbox.Options{Log: log, Life: life, OnReset: func(life string) { p.removeLives(lifeOf + life) }})
	server, err := box.Start(o.listen)
	_, network := errors.AsType[*net.OpError](err)
	if _, address := errors.AsType[*net.AddrError](err); err != nil && (address || !network) {
		return usage(err) // the address itself is wrong
	}
	if err != nil {
		return &problem{err: err, code: exit.Failed, hint: "name another port with --listen, such as 127.0.0.1:8100"}
	}
	p.removeLives("-" + hostName(server.URL()) + lifeOf) // of sandboxes that had this address, and were killed
	if p.json {
		err = p.writeJSON(p.env.Stdout, &sandboxDocument{server.URL()})
	} else {
		_, err = fmt.Fprintln(p.env.Stdout, server.URL())
	}
	if err != nil {
		return errors.Join(err, server.Close())
	}
	p.greetFromSandbox(server.URL())
	p.idle.Store(true)
	<-ctx.Done()
	err = server.Close()
	p.removeLives(lifeOf + life + "-")
	return err
}

// removeLives removes the state directories, in the user's default place, of sandboxes that have ended: those
// with a text in their names that only they have. It leaves one that a run is using.
func (p *program) removeLives(having string) {
	dirs, err := p.stateDirs("")
	if err != nil {
		return // there are none
	}
	for _, dir := range dirs {
		if _, running := ledger.Running(dir); running || !strings.Contains(filepath.Base(dir), having) {
			continue
		}
		if err := os.RemoveAll(dir); err != nil {
			p.warn("cannot remove what was remembered of a sandbox that has ended: %v", err)
		}
	}
}

// sandboxGreeting says how to use a sandbox.
const sandboxGreeting = `This is a stand-in for Customer.io's Track API. In another terminal, set
  export CUSTOMERIO_TRACK_URL=%[1]s
  export CUSTOMERIO_SITE_ID=x
  export CUSTOMERIO_API_KEY=y
and use ph2cio as usual. What the sandbox holds:
  curl -s %[1]s/sandbox/people     (or events, or stats)
Ctrl-C ends it. Then it forgets everything, and what ph2cio remembers of it is
removed as well, except in a directory that you named with --state.
`

func (p *program) greetFromSandbox(url string) {
	if !p.quiet && !p.json {
		fmt.Fprintf(p.env.Stderr, sandboxGreeting, url)
	}
}

// showSandbox lists what the sandbox of this run holds.
func (to *destination) showSandbox(p *program) error {
	if to.sandbox == nil || p.json {
		return nil
	}
	to.sandbox.Flush()
	t := &sandboxText{style: p.style(p.env.StdoutTerminal), width: p.columns()}
	t.people(to.sandbox)
	t.events(to.sandbox)
	t.stats(to.sandbox)
	_, err := io.WriteString(p.env.Stdout, t.String())
	return err
}

// maxSandboxListed is how many people and events are listed.
const maxSandboxListed = 10

type sandboxText struct {
	strings.Builder
	style terminal.Style
	width int
}

func (t *sandboxText) heading(text string) { fmt.Fprintf(t, "\n%s\n", t.style.Bold(text)) }

func (t *sandboxText) rest(listed, all int) {
	if all > listed {
		fmt.Fprintf(t, "  ... %s more\n", report.Count(all-listed))
	}
}

func (t *sandboxText) people(box *sandbox.Sandbox) {
	people := box.People()
	t.heading("The sandbox holds " + report.Plural(len(people), "person", "people"))
	for _, person := range people[:min(len(people), maxSandboxListed)] {
		name := cmp.Or(person.ID, person.Email, person.CioID)
		attributes, _ := json.Marshal(person.Attributes)
		if person.ID != "" && person.Email != "" {
			name += "  " + person.Email
		}
		name = "  " + terminal.Padded(terminal.OneLine(name), 30) + " "
		fmt.Fprintf(t, "%s%s\n", name, t.style.Dim(t.rightmost(terminal.OneLine(string(attributes)), name)))
	}
	t.rest(maxSandboxListed, len(people))
}

func (t *sandboxText) events(box *sandbox.Sandbox) {
	events := box.Events()
	t.heading("and " + report.Plural(len(events), "event", "events"))
	for _, e := range events[:min(len(events), maxSandboxListed)] {
		who := cmp.Or(e.PersonID, e.SentAs["email"], e.Person)
		when := time.Unix(e.Timestamp, 0).UTC().Format(time.DateTime)
		before := fmt.Sprintf("  %s %s  %-6s ", terminal.Padded(terminal.OneLine(who), 28), when, e.Action)
		fmt.Fprintf(t, "%s%s\n", before, t.rightmost(terminal.OneLine(e.Name), before))
	}
	t.rest(maxSandboxListed, len(events))
}

// rightmost shortens the last text of a line to fit behind what precedes it.
func (t *sandboxText) rightmost(text, before string) string {
	const least = 8
	return terminal.ShortEnd(text, max(t.width-terminal.ColumnsOf(before), least))
}

func (t *sandboxText) stats(box *sandbox.Sandbox) {
	s := box.Stats()
	t.heading("What the sandbox did")
	for _, line := range []struct {
		n         int64
		one, many string
	}{
		{s.PeopleCreated, "profile created", "profiles created"},
		{s.Accepted, "operation accepted", "operations accepted"},
		{s.Rejected, "operation rejected", "operations rejected"},
		{s.Deduped, "duplicate event dropped", "duplicate events dropped"},
		{s.TimestampRewritten, "event dated with the current time instead of its own", "events dated with the current time instead of their own"},
	} {
		fmt.Fprintf(t, "  %s\n", report.Plural(line.n, line.one, line.many))
	}
}
