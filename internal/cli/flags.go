package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"ph2cio/internal/job"
)

// mappingOptions are the flags that decide what an event or person looks like in Customer.io.
type mappingOptions struct {
	reading            readingOptions
	identity           identityOptions
	events, skipEvents []string
	since, until       string
	liveSince          string
	recent             string
	pageName           string
	screenName         string
	dots               string
	properties         string
	dropProperties     []string
	redactQuery        []string
	eventValueLimit    int
	eventAttributes    []string
	personProperties   string
	personAttributes   []string
	dateAttributes     []string
	allowReserved      []string
	identifyTimestamp  bool
}

// hold makes recent events wait, whatever the flag says. It reports whether that changes anything.
func (o *mappingOptions) hold() (changed bool) {
	changed = o.recent != recentHold
	o.recent = recentHold
	return changed
}

func (o *mappingOptions) addFlags(f *pflag.FlagSet, recent string) {
	f.StringSliceVar(&o.events, "events", nil, "send only events whose names match; * matches any text")
	describe(f, "events", whatToSend, "GLOB,...", inShort())
	f.StringSliceVar(&o.skipEvents, "skip-events", nil, "leave out events whose names match")
	describe(f, "skip-events", whatToSend, "GLOB,...", inShort())
	f.StringVar(&o.since, "since", "", "leave out events before TIME: 2026-03-01, 72h or 30d; 30d is 30 days ago, and RFC 3339 times work too")
	describe(f, "since", whatToSend, "TIME", inShort())
	f.StringVar(&o.until, "until", "", "leave out events at TIME or later")
	describe(f, "until", whatToSend, "TIME", inShort("inspect", "preview"))
	f.StringVar(&o.recent, "recent", recent, "hold or send events under 72 hours old; they can start campaigns, so hold leaves them for a later run")
	describe(f, "recent", whatToSend, "", inShort(), oneOf("hold\tleave them for a later run", "send\tsend them now"))
	f.StringVar(&o.liveSince, "live-since", "", "when PostHog's live destination was switched on, or never; events that PostHog "+
		"received since then are left out, because that destination sent them")
	describe(f, "live-since", whatToSend, "TIME|never", suggesting("never\tit never sent events"))
	o.identity.addFlags(f)
	o.addAttributeFlags(f)
	o.reading.addFlags(f)
}

// The values of flags that take one of several, each with a tab and its meaning.
var (
	propertyChoices = []string{"custom\twithout PostHog's own, which begin with $", "all\talso PostHog's own"}
	pageNames       = []string{
		"url\tthe whole URL", "url-no-query\tthe URL without its query", "path\tthe path alone", "title\tthe page's title",
		"event\tthe name of the event, $pageview",
	}
	screenNames = []string{"name\tthe screen's own name", "event\tthe name of the event, $screen"}
)

func (o *mappingOptions) addAttributeFlags(f *pflag.FlagSet) {
	f.StringVar(&o.pageName, "page-name", "url", "what to use as the name of a page")
	describe(f, "page-name", attributes, "", oneOf(pageNames...))
	f.StringVar(&o.screenName, "screen-name", "name", "what to use as the name of a screen: its own, or its event's ($screen)")
	describe(f, "screen-name", attributes, "", oneOf(screenNames...))
	f.StringVar(&o.dots, dotsFlag, "", "replace dots in attribute names with this, such as _; empty keeps them")
	describe(f, dotsFlag, attributes, "TEXT", mayBeEmpty)
	f.StringVar(&o.properties, "properties", "custom", "event properties to send; custom leaves out PostHog's own")
	describe(f, "properties", attributes, "", oneOf(propertyChoices...))
	f.StringSliceVar(&o.dropProperties, "drop-property", nil, "never send event properties whose names match")
	describe(f, "drop-property", attributes, "GLOB,...")
	f.StringSliceVar(&o.redactQuery, "redact-query", nil, "more URL query parameters whose values become \"redacted\"")
	describe(f, "redact-query", attributes, "NAME,...")
	f.IntVar(&o.eventValueLimit, "event-value-limit", 0, "cut values of events to N bytes; 0 sends them whole")
	describe(f, "event-value-limit", attributes, "N")
	f.StringArrayVar(&o.eventAttributes, "event-attribute", nil, "add this attribute to every event; may be repeated")
	describe(f, "event-attribute", attributes, "NAME=TEMPLATE")
	f.StringVar(&o.personProperties, "person-properties", "custom", "person properties to send; custom leaves out PostHog's own")
	describe(f, "person-properties", attributes, "", oneOf(propertyChoices...))
	f.StringArrayVar(&o.personAttributes, "person-attribute", nil, "add this attribute to every person; may be repeated")
	describe(f, "person-attribute", attributes, "NAME=TEMPLATE")
	f.StringSliceVar(&o.dateAttributes, "date-attributes", nil, "person attributes to convert to unix seconds, besides created_at")
	describe(f, "date-attributes", attributes, "GLOB,...")
	f.StringSliceVar(&o.allowReserved, "allow-reserved", nil, "reserved attributes to send anyway, such as unsubscribed")
	describe(f, "allow-reserved", attributes, "NAME,...")
	f.BoolVar(&o.identifyTimestamp, "identify-timestamp", false, "date each profile update by its newest row; Customer.io silently drops an update with an older date")
	describe(f, "identify-timestamp", attributes, "")
}

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

// parseTime reads a date, an RFC 3339 time or an age before now. Text without a zone is UTC. Empty text is
// the zero time.
func parseTime(flag, text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{
		time.DateOnly, time.RFC3339, "2006-01-02T15:04Z07:00",
		"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04",
	} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	if age, ok := parseAge(text); ok {
		return now.Add(-age), nil
	}
	return time.Time{}, fmt.Errorf("--%s must be a date (2026-03-01), a time (2026-03-01T08:00:00Z) or an age (72h, 30d), not %q", flag, text)
}

func parseAge(text string) (time.Duration, bool) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.Atoi(days)
		return time.Duration(n) * 24 * time.Hour, err == nil && n >= 0 && n < 100_000
	}
	age, err := time.ParseDuration(text)
	return age, err == nil && age >= 0
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
