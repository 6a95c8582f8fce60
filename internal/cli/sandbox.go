package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ph2cio/internal/export"
	"ph2cio/internal/sandbox"
)

type sandboxOptions struct{ listen string }

func newSandbox(p *program) *cobra.Command {
	o := &sandboxOptions{}
	c := &cobra.Command{
		Use:   "sandbox",
		Short: "Run a strict local Track API, to try everything without an account",
		Long: `Plays Customer.io's Track API on this machine until Ctrl-C. It refuses what the API refuses, accepts silently what the API accepts
silently, and keeps everything in memory. Ask it what it holds, or make it fail:

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
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return runSandbox(c.Context(), p, o) },
	}
	c.Flags().StringVar(&o.listen, "listen", "127.0.0.1:8099", "loopback address to listen on")
	describe(c.Flags(), "listen", ownFlags, "HOST:PORT", short())
	return c
}

func runSandbox(ctx context.Context, p *program, o *sandboxOptions) error {
	options := sandbox.Options{}
	if !p.quiet {
		options.Log = func(line string) { fmt.Fprintln(p.env.Stderr, plain(line)) }
	}
	box := sandbox.New(options)
	server, err := box.Start(o.listen)
	if _, network := errors.AsType[*net.OpError](err); err != nil && !network {
		return usage(err) // the address itself is wrong
	}
	if err != nil {
		return err
	}
	if p.json {
		err = p.writeJSON(p.env.Stdout, map[string]string{"url": server.URL()})
	} else {
		_, err = fmt.Fprintln(p.env.Stdout, server.URL())
	}
	if err != nil {
		return errors.Join(err, server.Close())
	}
	p.idle.Store(true)
	<-ctx.Done()
	return server.Close()
}

// showSandbox tells what the sandbox of this run holds.
func (to *destination) showSandbox(p *program) error {
	if to.sandbox == nil || p.json {
		return nil
	}
	to.sandbox.Flush()
	t := &sandboxText{style: p.style(p.env.StdoutTerminal)}
	t.people(to.sandbox)
	t.events(to.sandbox)
	t.stats(to.sandbox)
	_, err := io.WriteString(p.env.Stdout, t.String())
	return err
}

// maxListed is how many people and events are listed.
const maxListed = 10

type sandboxText struct {
	strings.Builder
	style style
}

func (t *sandboxText) heading(text string) { fmt.Fprintf(t, "\n%s\n", t.style.bold(text)) }

func (t *sandboxText) rest(listed, all int) {
	if all > listed {
		fmt.Fprintf(t, "  ... and %s more\n", export.Count(int64(all-listed)))
	}
}

func (t *sandboxText) people(box *sandbox.Sandbox) {
	people := box.People()
	t.heading(fmt.Sprintf("The sandbox holds %s people", export.Count(int64(len(people)))))
	for _, person := range people[:min(len(people), maxListed)] {
		name := cmp.Or(person.ID, person.Email, person.CioID)
		attributes, _ := json.Marshal(person.Attributes)
		if person.ID != "" && person.Email != "" {
			name += "  " + person.Email
		}
		fmt.Fprintf(t, "  %-40s %s\n", oneLine(name), t.style.dim(cut(oneLine(string(attributes)), 120)))
	}
	t.rest(maxListed, len(people))
}

func (t *sandboxText) events(box *sandbox.Sandbox) {
	events := box.Events()
	t.heading(fmt.Sprintf("and %s events", export.Count(int64(len(events)))))
	for _, e := range events[:min(len(events), maxListed)] {
		who := cmp.Or(e.PersonID, e.SentAs["email"], e.Person)
		when := time.Unix(e.Timestamp, 0).UTC().Format(time.DateTime)
		fmt.Fprintf(t, "  %-28s %s  %-6s %s\n", oneLine(who), when, e.Action, oneLine(e.Name))
	}
	t.rest(maxListed, len(events))
}

func (t *sandboxText) stats(box *sandbox.Sandbox) {
	s := box.Stats()
	t.heading("and says")
	fmt.Fprintf(t, "  profiles made %d, operations accepted %d, rejected %d, repeated events dropped %d, times rewritten to now %d\n",
		s.PeopleCreated, s.Accepted, s.Rejected, s.Deduped, s.TimestampRewritten)
}

func cut(text string, n int) string {
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	return string(runes[:n]) + "..."
}
