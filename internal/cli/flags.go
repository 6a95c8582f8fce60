package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"
)

// topic is the annotation of flags that a command's own help leaves to `ph2cio help TOPIC`, so that it fits a screen.
const topic = "topic"

// dotsFlag takes any text in place of dots, also none.
const dotsFlag = "dots"

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

func (o *mappingOptions) addFlags(f *pflag.FlagSet, recent string) {
	f.StringSliceVar(&o.events, "events", nil, "send only events with these `names` (globs allowed), comma-separated")
	f.StringSliceVar(&o.skipEvents, "skip-events", nil, "leave out events with these `names` (globs allowed)")
	f.StringVar(&o.since, "since", "", "leave out events before this `time`: 2026-03-01, RFC 3339, or an age (72h, 30d)")
	f.StringVar(&o.until, "until", "", "leave out events at or after this `time`")
	f.StringVar(&o.liveSince, "live-since", "", "leave out what PostHog took in since this `time`, or never: its own destination sent it")
	f.StringVar(&o.recent, "recent", recent, "`hold|send` events younger than 72 h, which can start campaigns")
	o.identity.addFlags(f)
	o.addAttributeFlags(f)
	o.reading.addFlags(f)
}

func (o *mappingOptions) addAttributeFlags(f *pflag.FlagSet) {
	f.StringVar(&o.pageName, "page-name", "url", "name of a page: `url|url-no-query|path|title|event`")
	f.StringVar(&o.screenName, "screen-name", "name", "name of a screen: `name|event`, its own or that of its event, $screen")
	f.StringVar(&o.dots, dotsFlag, "", "put this `text`, such as _, in place of dots in attribute names; empty leaves them")
	f.StringVar(&o.properties, "properties", "custom", "event properties to send: `custom|all`")
	f.StringSliceVar(&o.dropProperties, "drop-property", nil, "event property `globs` never to send")
	f.StringSliceVar(&o.redactQuery, "redact-query", nil, "more URL query parameter `names` whose values become \"redacted\"")
	f.IntVar(&o.eventValueLimit, "event-value-limit", 0, "cut event values to this many `bytes`; 0 sends them whole")
	f.StringArrayVar(&o.eventAttributes, "event-attribute", nil, "add `name=template` to every event; may be repeated")
	f.StringVar(&o.personProperties, "person-properties", "custom", "person properties to send: `custom|all`")
	f.StringArrayVar(&o.personAttributes, "person-attribute", nil, "add `name=template` to every person; may be repeated")
	f.StringSliceVar(&o.dateAttributes, "date-attributes", nil, "person attribute `globs` to turn into unix seconds, beside created_at")
	f.StringSliceVar(&o.allowReserved, "allow-reserved", nil, "reserved `names` to send after all, such as unsubscribed")
	f.BoolVar(&o.identifyTimestamp, "identify-timestamp", false, "date each identify by its newest row; Customer.io drops older ones silently")
	annotate(f, "mapping", "page-name", "screen-name", "dots", "properties", "drop-property", "redact-query", "event-value-limit", "event-attribute",
		"person-properties", "person-attribute", "date-attributes", "allow-reserved", "identify-timestamp")
}

// defaultRate is far below the published limit of 1000 requests a second, because nothing says whether a batch counts as
// one.
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

// addFlagsOf adds the flags of a command that sends. One that cannot be tried has none for that.
func (o *sendingOptions) addFlagsOf(f *pflag.FlagSet, canTry bool) {
	addCronFlags(f)
	o.addDestinationFlags(f)
	f.BoolVarP(&o.yes, "yes", "y", false, "do not ask before sending; needed where nobody can be asked")
	if canTry {
		f.BoolVar(&o.dryRun, "dry-run", false, "the same as preview")
		f.BoolVar(&o.sandbox, "sandbox", false, "send to a local Track API that is thrown away, and show what it holds")
	}
	f.Float64Var(&o.rate, "rate", defaultRate, "`requests` a second at most")
	f.IntVar(&o.batchItems, "batch-items", 1000, "`operations` in a request at most; 0 is no limit but bytes")
	f.IntVar(&o.concurrency, "concurrency", 0, "`requests` under way at once; 0 is what the rate needs, at most 64")
	f.StringVar(&o.maxRejects, "max-rejects", "1%", "stop when more `rows` are rejected: a share (after 10,000 rows) or a number; 0 never stops")
	f.DurationVar(&o.settle, "settle", settleUnset, "`wait` after new people were sent (default 30s; 0 for an API on this machine)")
	f.Lookup("settle").DefValue = "" // the default depends on the destination
	f.StringVar(&o.state, "state", "", "state `directory` (default: one per workspace in the user's state directory)")
	f.IntVar(&o.dedupWindow, "dedup-window", 0, "after the run forget which events older than this many `days` were sent; 0 forgets none")
	f.BoolVar(&o.resendOld, resendOldFlag, false, "send events even if they are so old that it is forgotten whether they were sent")
	f.DurationVar(&o.waitLock, "wait-lock", 0, "`wait` so long while another run holds the state directory")
	annotate(f, "sending", "batch-items", "concurrency", "max-rejects", "settle", "ca-cert", "state", "dedup-window", "resend-old", "wait-lock")
}

// addDestinationFlags are the flags that `check` needs too.
func (o *sendingOptions) addDestinationFlags(f *pflag.FlagSet) {
	f.StringVar(&o.region, "region", "", "`us|eu`; found out when left out (also CUSTOMERIO_REGION)")
	f.Int64Var(&o.workspace, "workspace", 0, "refuse any workspace but the one with this environment `ID`")
	f.StringVar(&o.caCert, "ca-cert", "", "also trust the certificates in this PEM `file`")
}

func annotate(f *pflag.FlagSet, name string, flags ...string) {
	for _, flag := range flags {
		if err := f.SetAnnotation(flag, topic, []string{name}); err != nil {
			panic(err) // a flag named here must exist: a mistake of ours that the first test run shows
		}
	}
}

// parseTime reads a date, an RFC 3339 time or an age before now. Text without a zone is UTC. Empty text is the zero time.
func parseTime(flag, text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04"} {
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
