package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"ph2cio/internal/exit"
	"ph2cio/internal/mapping"
	"ph2cio/internal/mappingfile"
	"ph2cio/internal/people"
	"ph2cio/internal/transfer"
)

// mappingOptions are the flags that decide what an event or person looks like in Customer.io.
type mappingOptions struct {
	reading            readingOptions
	identity           identityOptions
	events, skipEvents []string
	since, until       string
	liveSince          string
	liveBackfilled     []string
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
	unset              string
	dateAttributes     []string
	allowReserved      []string
	identifyTimestamp  bool

	file func() *mappingfile.File // that of --mapping, nil without one
}

// hold makes recent events wait, whatever the flag says. It reports whether that changes anything.
func (o *mappingOptions) hold() (changed bool) {
	changed = o.recent != recentHold
	o.recent = recentHold
	return changed
}

// addFlags adds the flags. recent is the default of --recent.
func (o *mappingOptions) addFlags(f *pflag.FlagSet, recent string, p *program) {
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
	addMappingFlag(f)
	f.StringVar(&o.liveSince, "live-since", "", "when PostHog's live destination was switched on, or never; events that PostHog "+
		"received since then are left out, because that destination sent them")
	describe(f, "live-since", whatToSend, "TIME|never", suggesting("never\tit never sent events"))
	f.StringSliceVar(&o.liveBackfilled, liveBackfilledFlag, nil, "times for which PostHog's live destination was backfilled; "+
		"events with a timestamp from FROM up to TO are left out, because it sent them; may be repeated")
	describe(f, liveBackfilledFlag, whatToSend, "FROM..TO,...")
	o.file = func() *mappingfile.File { return p.mapping }
	o.identity.addFlags(f, p.list)
	o.addAttributeFlags(f)
	o.reading.addFlags(f, p.list)
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
	f.StringVar(&o.unset, "unset", "keep", "what to do with attributes that were sent and that a person no longer has")
	describe(f, "unset", attributes, "", oneOf("keep\tleave them as they are in Customer.io", "remove\tsend null once, in an update of the person"))
	f.StringSliceVar(&o.dateAttributes, "date-attributes", nil, "person attributes to convert to unix seconds, besides created_at")
	describe(f, "date-attributes", attributes, "GLOB,...")
	f.StringSliceVar(&o.allowReserved, "allow-reserved", nil, "reserved attributes to send anyway, such as unsubscribed")
	describe(f, "allow-reserved", attributes, "NAME,...")
	f.BoolVar(&o.identifyTimestamp, "identify-timestamp", false, "date each profile update by its newest row; Customer.io silently drops an update with an older date")
	describe(f, "identify-timestamp", attributes, "")
}

// recentHold is the --recent that holds recent events.
const recentHold = "hold"

// rules turns the mapping flags into rules and the choice of people. Errors name the flag.
func (o *mappingOptions) rules(now time.Time) (*mapping.Rules, people.Choice, error) {
	for i, key := range o.identity.identifyBy {
		o.identity.identifyBy[i] = strings.TrimSpace(key)
	}
	options, err2 := o.options(now)
	rules, err3 := mapping.New(options)
	choice, err1 := o.identity.choice(err3 == nil && rules.Filtered() && !o.identity.allPeople)
	err := errors.Join(err1, err2, err3)
	if _, inFile := errors.AsType[*mappingfile.Error](err); inFile {
		return nil, choice, &problem{err: err, code: exit.Usage, hint: mappingHelp}
	}
	if err != nil {
		return nil, choice, usage(err)
	}
	return rules, choice, nil
}

// options returns how events and people are mapped. Errors name the flag.
func (o *mappingOptions) options(now time.Time) (mapping.Options, error) {
	since, err1 := parseTime("since", o.since, now)
	until, err2 := parseTime("until", o.until, now)
	live, err3 := o.liveTime(now)
	backfilled, err4 := parseRanges(liveBackfilledFlag, o.liveBackfilled, now)
	var file *mappingfile.File
	if o.file != nil {
		file = o.file()
	}
	var err5 error
	if o.recent != recentHold && o.recent != "send" {
		err5 = fmt.Errorf("--recent must be hold or send, not %q", o.recent)
	}
	return mapping.Options{
		Now: now, Events: o.events, SkipEvents: o.skipEvents,
		PageName: o.pageName, ScreenName: o.screenName, Dots: o.dots, Properties: o.properties, DropProperties: o.dropProperties,
		RedactQuery: o.redactQuery, PersonProperties: o.personProperties, DateAttributes: o.dateAttributes,
		AllowReserved: o.allowReserved, PersonAttributes: o.personAttributes, EventAttributes: o.eventAttributes,
		IdentifierKey: o.identity.firstKey(), IdentifierValue: o.identity.identifierTemplate(),
		EventValueLimit: o.eventValueLimit, IdentifyTimestamp: o.identifyTimestamp, Unset: o.unset,
		Since: since, Until: until, LiveSince: live, LiveBackfilled: backfilled, HoldRecent: o.recent == recentHold,
		File: file,
	}, errors.Join(err1, err2, err3, err4, err5)
}

// check checks the flags alone. Errors name the flag.
func (o *mappingOptions) check(now time.Time) error {
	_, _, err1 := o.rules(now)
	_, err2 := o.reading.options()
	_, _, err3 := o.identity.indexOptions()
	return errors.Join(err1, err2, err3)
}

// liveBackfilledFlag is the flag with the ranges that a live destination was backfilled with.
const liveBackfilledFlag = "live-backfilled"

// neverLive is the --live-since for a live destination that never sent events.
const neverLive = "never"

// liveTime is when PostHog's own destination was switched on; the zero time for never, or if the flag is not
// given.
func (o *mappingOptions) liveTime(now time.Time) (time.Time, error) {
	if o.liveSince == neverLive {
		return time.Time{}, nil
	}
	return parseTime("live-since", o.liveSince, now)
}

// parseMaxRejects reads a share (1%) or a number of rows; 0 never stops a run.
func parseMaxRejects(text string) (transfer.MaxRejects, error) {
	if share, ok := strings.CutSuffix(strings.TrimSpace(text), "%"); ok {
		percent, err := strconv.ParseFloat(share, 64)
		if err == nil && percent >= 0 && percent <= 100 {
			return transfer.MaxRejects{Share: percent / 100}, nil
		}
	} else if n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64); err == nil && n >= 0 {
		return transfer.MaxRejects{Count: n}, nil
	}
	return transfer.MaxRejects{}, fmt.Errorf("--max-rejects must be a share such as 1%% or a number of rows, not %q", text)
}
