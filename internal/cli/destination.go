package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/customerio"
	"ph2cio/internal/exit"
	"ph2cio/internal/ledger"
	"ph2cio/internal/leftovers"
	"ph2cio/internal/sandbox"
	"ph2cio/internal/transfer"
)

// destination is where operations go. It is found and checked before anything is read.
type destination struct {
	base       string // URL
	workspace  customerio.Workspace
	client     *customerio.Client
	tally      *customerio.Tally
	state      string
	ledger     *ledger.Store
	stateFiles [2]fs.FileInfo // the state directory and its database, when they were opened

	temporary bool // a sandbox in this process, and a state directory that is removed
	sandbox   *sandbox.Sandbox
	closers   []func() error
}

// defaultSettle is the wait between new people and their events, because the API does not promise to keep
// their order.
const defaultSettle = 30 * time.Second

// preflightPolicy retries the first question to the API only briefly, because somebody is waiting for the
// answer.
var preflightPolicy = customerio.Policy{Attempts: 3, Elapsed: 20 * time.Second}

// destination finds the API, asks it which workspace the credentials belong to, and refuses the wrong one.
// The caller closes the destination.
func (p *program) destination(ctx context.Context, o *sendingOptions) (to *destination, err error) {
	to = &destination{tally: &customerio.Tally{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, to.close())
		}
	}()
	credentials, err := p.chooseAPI(to, o)
	if err != nil {
		return to, err
	}
	if err := to.connect(p, credentials, o); err != nil {
		return to, err
	}
	if err := to.checkWorkspace(ctx, p, credentials, o); err != nil {
		return to, err
	}
	p.notify.sendsTo(to.workspace.EnvironmentID, to.tally)
	if to.temporary {
		p.report.sendsTo(to.name(), "")
		return to, nil
	}
	to.state, err = p.stateDir(o.state, to)
	p.report.sendsTo(to.name(), to.state)
	return to, err
}

// chooseAPI decides which API to use: the sandbox of this run, CUSTOMERIO_TRACK_URL, or that of a region.
func (p *program) chooseAPI(to *destination, o *sendingOptions) (customerio.Credentials, error) {
	if o.sandbox {
		return to.startSandbox()
	}
	credentials, err := p.credentials()
	if err != nil {
		return credentials, err
	}
	if to.base, err = p.baseURL(o); err != nil {
		return credentials, usage(err)
	}
	return credentials, nil
}

// baseURL is the URL of the API: CUSTOMERIO_TRACK_URL, or that of the region.
func (p *program) baseURL(o *sendingOptions) (string, error) {
	if base := strings.TrimRight(p.setting(varTrackURL), "/"); base != "" {
		return base, nil
	}
	// Either host answers the region call for both regions' accounts.
	return customerio.RegionURL(cmp.Or(p.region(o), "us"))
}

// region is the region that the flag or the setting names, empty if it is to be found out.
func (p *program) region(o *sendingOptions) string {
	return strings.ToLower(strings.TrimSpace(cmp.Or(o.region, p.setting(varRegion))))
}

// sandboxPrefix begins the name of the state directory of a sandbox in this process.
const sandboxPrefix = "ph2cio-sandbox-"

func (to *destination) startSandbox() (customerio.Credentials, error) {
	to.temporary = true
	leftovers.Remove(os.TempDir(), leftovers.Pattern{Before: sandboxPrefix, Directories: true, Age: leftovers.Brief})
	state, err := os.MkdirTemp("", sandboxPrefix)
	if err != nil {
		return customerio.Credentials{}, &transfer.StateError{Path: os.TempDir(), Err: err}
	}
	to.state = state
	to.onClose(func() error { return os.RemoveAll(state) })
	to.onClose(leftovers.Hold(state))
	to.sandbox = sandbox.New(sandbox.Options{})
	server, err := to.sandbox.Start("127.0.0.1:0")
	if err != nil {
		return customerio.Credentials{}, err
	}
	to.onClose(server.Close)
	to.base = server.URL()
	return customerio.Credentials{SiteID: customerio.NewSecret("sandbox"), APIKey: customerio.NewSecret("sandbox")}, nil
}

func (to *destination) connect(p *program, credentials customerio.Credentials, o *sendingOptions) error {
	caCert, err := o.readCACert()
	if err != nil {
		return usage(err)
	}
	client, err := customerio.NewClient(customerio.ClientOptions{
		BaseURL: to.base, Credentials: credentials, CACert: caCert,
		UserAgent: "ph2cio/" + version(p.env.Commit).Version, InFlight: o.concurrency, Tally: to.tally,
	})
	if err != nil {
		return usage(err)
	}
	to.client = client
	return nil
}

// readCACert reads the certificates of --ca-cert, nil without the flag.
func (o *sendingOptions) readCACert() ([]byte, error) {
	if o.caCert == "" {
		return nil, nil
	}
	text, err := readSmallFile(o.caCert)
	if err != nil {
		return nil, &problem{err: fmt.Errorf("--ca-cert: %w", fileError(o.caCert, err)), code: exit.Usage, hint: pathHint(o.caCert, err)}
	}
	return text, nil
}

// checkWorkspace asks which workspace the credentials belong to, switches to the API of its region, and
// refuses another workspace or region than the one that was named.
func (to *destination) checkWorkspace(ctx context.Context, p *program, credentials customerio.Credentials, o *sendingOptions) error {
	if err := to.askWorkspace(ctx, p); err != nil {
		return err
	}
	if err := to.compare(o.workspace, p.region(o)); err != nil {
		return err
	}
	if p.setting(varTrackURL) != "" || to.temporary {
		return nil // a base URL that was given is the one to use
	}
	// The answer's own URL is not trusted with credentials: the region's published host is.
	base, err := customerio.RegionURL(to.workspace.Region)
	if err != nil || base == to.base {
		return err
	}
	to.base = base
	return to.connect(p, credentials, o)
}

// askWorkspace asks which workspace the credentials belong to.
func (to *destination) askWorkspace(ctx context.Context, p *program) error {
	policy := preflightPolicy
	policy.Waiting = func(wait time.Duration, err error) {
		p.warn("trying again in %s: %v", wait.Round(time.Millisecond), err)
	}
	return policy.Do(ctx, func() (err error) {
		to.workspace, err = to.client.Region(ctx)
		return err
	})
}

// compare refuses another workspace or region than the one that was named. 0 and an empty region name none.
func (to *destination) compare(workspace int64, region string) error {
	is := to.workspace
	if workspace != 0 && workspace != is.EnvironmentID {
		return &problem{
			err: fmt.Errorf("the credentials belong to workspace %d, not to %d", is.EnvironmentID, workspace), code: exit.Usage,
			hint: "correct --workspace, or use that workspace's credentials; nothing was sent",
		}
	}
	if region != "" && region != is.Region {
		return &problem{
			err: fmt.Errorf("workspace %d is in region %s, not %s", is.EnvironmentID, is.Region, terminal.Plain(region)), code: exit.Usage,
			hint: "set CUSTOMERIO_REGION or --region to " + is.Region + ", or leave it out",
		}
	}
	return nil
}

// pace says how fast requests are sent, and how many at once.
func (o *sendingOptions) pace() *customerio.Pace {
	pace := customerio.NewPace(o.rate)
	if o.concurrency > 0 {
		pace.FixInFlight(o.concurrency)
	}
	return pace
}

// sender wraps the client, from the inside out: each attempt waits its turn, passing faults are retried, a
// request that is refused whole is bisected, and a refused operation is sent again without the attribute at
// fault.
func (to *destination) sender(pace *customerio.Pace, watch *customerio.Watch, waiting func(time.Duration, error)) customerio.Sender {
	sender := customerio.Watched(to.client, watch)
	sender = customerio.Paced(sender, pace)
	sender = customerio.Retried(sender, customerio.Policy{Tally: to.tally, Watch: watch, Waiting: waiting, Over: pace.Over()})
	sender = customerio.Bisected(sender, to.tally)
	return customerio.Reduced(sender, to.tally)
}

// waiting reports each wait before another attempt, with --verbose.
func (p *program) waiting(progress transfer.Progress) func(time.Duration, error) {
	if !p.verbose {
		return nil
	}
	return func(d time.Duration, err error) {
		progress.Say(fmt.Sprintf("trying again in %s: %s", d.Round(time.Millisecond), terminal.OneLine(err.Error())))
	}
}

// settle is how long to wait after new people: what the flag says, else no time for an API on this machine.
func (to *destination) settle(o *sendingOptions) time.Duration {
	if o.settle >= 0 {
		return o.settle
	}
	if strings.HasPrefix(to.base, "http:") {
		return 0 // plain HTTP is only taken for an API on this machine
	}
	return defaultSettle
}

// onClose adds what close is to do first.
func (to *destination) onClose(do func() error) { to.closers = append(to.closers, do) }

// use takes an open ledger, and what its directory and database are now.
func (to *destination) use(store *ledger.Store, files [2]fs.FileInfo) {
	to.ledger, to.stateFiles = store, files
}

// close ends what the destination started, in reverse order.
func (to *destination) close() (err error) {
	for i := len(to.closers) - 1; i >= 0; i-- {
		err = errors.Join(err, to.closers[i]())
	}
	to.closers = nil
	return err
}
