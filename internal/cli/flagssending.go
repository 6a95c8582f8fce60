package cli

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"ph2cio/internal/customerio"
	"ph2cio/internal/exit"
	"ph2cio/internal/job"
)

// defaultRate is far below the published limit of 1000 requests a second, because it is not documented
// whether a batch counts as one.
const defaultRate = 10

// sendingOptions are the flags that decide how requests are made.
type sendingOptions struct {
	region          string
	workspace       int64
	rate            float64
	batchItems      int
	concurrency     int
	maxRejects      string
	settle          time.Duration
	caCert          string
	state           string
	restart         bool
	dedupWindow     int // days
	resendOld       bool
	maxDuration     time.Duration
	tolerateRejects int64
	waitLock        time.Duration
	yes             bool
	dryRun          bool
	sandbox         bool
}

func (o *sendingOptions) addFlags(f *pflag.FlagSet) { o.addFlagsOf(f, true) }

// addFlagsOf adds the flags of a command that sends. canTry says that it has --dry-run and --sandbox.
func (o *sendingOptions) addFlagsOf(f *pflag.FlagSet, canTry bool) {
	addCronFlags(f)
	if canTry {
		f.BoolVar(&o.dryRun, "dry-run", false, "send nothing: the same as preview")
		describe(f, "dry-run", tryFirst, "", sendsSame, inShort())
		f.BoolVar(&o.sandbox, "sandbox", false, "send to a local Track API and show what it got; then delete it")
		describe(f, "sandbox", tryFirst, "", sendsSame, inShort())
	}
	f.BoolVarP(&o.yes, "yes", "y", false, "send without asking; needed without a terminal")
	describe(f, "yes", safety, "", sendsSame, inShort())
	o.addDestinationFlags(f)
	f.StringVar(&o.maxRejects, "max-rejects", "1%", "stop when more rows than this are rejected: a share (after 10,000 rows) or a number; 0 never stops")
	describe(f, "max-rejects", safety, "PERCENT|N", sendsSame)
	addStateFlag(f, &o.state)
	f.IntVar(&o.dedupWindow, "dedup-window", 0, "after the run, forget which events more than DAYS days old were sent; 0 forgets none")
	describe(f, "dedup-window", resuming, "DAYS", sendsSame)
	f.BoolVar(&o.resendOld, job.ResendOldFlag, false, "also send events so old that ph2cio has forgotten whether it sent them")
	describe(f, job.ResendOldFlag, resuming, "")
	f.DurationVar(&o.waitLock, "wait-lock", 0, "if another run holds the state directory, wait up to this long, such as 10m")
	describe(f, "wait-lock", resuming, "DURATION", sendsSame)
	o.addPaceFlags(f)
	f.IntVar(&o.concurrency, "concurrency", 0, "have at most N requests under way at once; 0 is what the rate needs, at most 64")
	describe(f, "concurrency", pace, "N", sendsSame)
	f.DurationVar(&o.settle, "settle", settleUnset, "wait this long between new people and their events (default 30s; 0 for an API on this machine)")
	describe(f, "settle", pace, "DURATION", sendsSame)
	f.Lookup("settle").DefValue = "" // the default depends on the destination
}

// addPaceFlags adds the flags that decide how large and how frequent requests are.
func (o *sendingOptions) addPaceFlags(f *pflag.FlagSet) {
	f.Float64Var(&o.rate, "rate", defaultRate, "send at most N requests a second; raise it to go faster")
	describe(f, "rate", safety, "N", sendsSame, onPage("sending"), inShort(backfillCommand, syncCommand, retryCommand))
	f.IntVar(&o.batchItems, "batch-items", 1000, "put at most N operations into a request; 0 leaves only the limit on bytes")
	describe(f, "batch-items", pace, "N", sendsSame)
}

// addDestinationFlags adds the flags that say where to send, which `check` has too.
func (o *sendingOptions) addDestinationFlags(f *pflag.FlagSet) {
	f.StringVar(&o.region, "region", "", "where the workspace is; detected if left out (also CUSTOMERIO_REGION)")
	describe(f, "region", pace, "us|eu", sendsSame, inShort(checkCommand), suggesting("us\tUnited States", "eu\tEuropean Union"))
	f.Int64Var(&o.workspace, "workspace", 0, "stop unless the workspace has this environment ID")
	describe(f, "workspace", safety, "ID", sendsSame, inShort())
	f.StringVar(&o.caCert, "ca-cert", "", "also trust the certificates in this PEM file")
	describe(f, "ca-cert", pace, "FILE", isRead, sendsSame, inShort(checkCommand), withExtensions("pem", "crt", "cer"))
}

func addStateFlag(f *pflag.FlagSet, state *string) {
	f.StringVar(state, stateFlag, "", "state directory, which keeps what was sent; by default one per workspace in the user's state directory")
	describe(f, stateFlag, resuming, "DIR", sendsSame, inShort())
}

// addCronFlags adds the flags for runs that nobody watches. Every command that has them gets a notifier.
func addCronFlags(f *pflag.FlagSet) {
	f.String(metricsFlag, "", "write metrics of the run for Prometheus (node_exporter reads *.prom)")
	describe(f, metricsFlag, unattended, "FILE", sendsSame, withExtensions("prom"))
	f.String(pingFlag, "", "tell a monitor about start, success and failure; set PH2CIO_PING_URL to keep it out of process lists")
	describe(f, pingFlag, unattended, "URL", sendsSame)
}

// settleUnset is the value of --settle if it was not given.
const settleUnset = time.Duration(-1)

// check checks the flags and settings for sending before anything is read or asked. Errors name the flag or
// the setting.
func (o *sendingOptions) check(p *program) error {
	errs := []error{checkRate(o.rate), checkBatchItems(o.batchItems)}
	for _, one := range []struct {
		ok   bool
		must string
	}{
		{o.concurrency >= 0 && o.concurrency <= 1000, fmt.Sprintf("--concurrency must be 0 to 1000 requests, not %d", o.concurrency)},
		{o.dedupWindow >= 0, fmt.Sprintf("--dedup-window must be 0 days or more, not %d", o.dedupWindow)},
		{o.settle >= 0 || o.settle == settleUnset, fmt.Sprintf("--settle must be 0s or more, not %s", o.settle)},
		{o.maxDuration >= 0, fmt.Sprintf("--max-duration must be 0s or more, not %s", o.maxDuration)},
		{o.tolerateRejects >= 0, fmt.Sprintf("--tolerate-rejects must be 0 or more, not %d", o.tolerateRejects)},
		{o.waitLock >= 0, fmt.Sprintf("--wait-lock must be 0s or more, not %s", o.waitLock)},
		{o.workspace >= 0, fmt.Sprintf("--workspace must be the ID of an environment, not %d", o.workspace)},
	} {
		if !one.ok {
			errs = append(errs, errors.New(one.must))
		}
	}
	_, err := parseMaxRejects(o.maxRejects)
	errs = append(errs, err)
	if !o.sandbox && !o.dryRun {
		errs = append(errs, p.checkDestination(o))
	}
	return errors.Join(errs...)
}

func checkRate(rate float64) error {
	if rate > 0 && rate <= 1000 {
		return nil
	}
	return fmt.Errorf("--rate must be more than 0 and at most 1000 requests a second, not %v", rate)
}

func checkBatchItems(items int) error {
	if items < 0 {
		return fmt.Errorf("--batch-items must be 0 or more, not %d", items)
	}
	return nil
}

// checkDestination checks the settings that say where to send, without asking the API. Missing credentials
// are reported later, after missing sources. Here only those are refused that cannot be right.
func (p *program) checkDestination(o *sendingOptions) error {
	errs := []error{p.checkRegion(o)}
	credentials, err := p.credentials()
	if err != nil {
		credentials = customerio.Credentials{SiteID: customerio.NewSecret("x"), APIKey: customerio.NewSecret("x")}
		if exitCode(err) == exit.Usage {
			errs = append(errs, err)
		}
	}
	caCert, err := o.readCACert()
	errs = append(errs, err)
	base := cmp.Or(strings.TrimRight(p.setting(varTrackURL), "/"), "https://track.customer.io")
	_, err = customerio.NewClient(customerio.ClientOptions{BaseURL: base, Credentials: credentials, CACert: caCert})
	return errors.Join(append(errs, err)...)
}

// checkRegion refuses an unknown region, and two settings that name different ones. A flag on the command
// line wins.
func (p *program) checkRegion(o *sendingOptions) error {
	name, other := "--region", strings.ToLower(strings.TrimSpace(p.setting(varRegion)))
	if o.region == "" {
		name = varRegion
	}
	region := p.region(o)
	if _, set := p.origins["region"]; set && other != "" && other != region {
		return fmt.Errorf("%s is %q but %s is %q; keep one", name, region, varRegion, other)
	}
	if _, err := customerio.RegionURL(cmp.Or(region, "us")); err != nil {
		return fmt.Errorf("%s must be us or eu, not %q", name, withoutSecret(region))
	}
	return nil
}
