package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
	"ph2cio/internal/transfer"
)

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
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, choice, usage(err)
	}
	return rules, choice, nil
}

// options returns how events and people are mapped. Errors name the flag.
func (o *mappingOptions) options(now time.Time) (mapping.Options, error) {
	since, err1 := parseTime("since", o.since, now)
	until, err2 := parseTime("until", o.until, now)
	live, err3 := o.liveTime(now)
	var err4 error
	if o.recent != recentHold && o.recent != "send" {
		err4 = fmt.Errorf("--recent must be hold or send, not %q", o.recent)
	}
	return mapping.Options{
		Now: now, Events: o.events, SkipEvents: o.skipEvents,
		PageName: o.pageName, ScreenName: o.screenName, Dots: o.dots, Properties: o.properties, DropProperties: o.dropProperties,
		RedactQuery: o.redactQuery, PersonProperties: o.personProperties, DateAttributes: o.dateAttributes,
		AllowReserved: o.allowReserved, PersonAttributes: o.personAttributes, EventAttributes: o.eventAttributes,
		IdentifierKey: o.identity.firstKey(), IdentifierValue: o.identity.identifierValue,
		EventValueLimit: o.eventValueLimit, IdentifyTimestamp: o.identifyTimestamp,
		Since: since, Until: until, LiveSince: live, HoldRecent: o.recent == recentHold,
	}, errors.Join(err1, err2, err3, err4)
}

// check checks the flags alone. Errors name the flag.
func (o *mappingOptions) check(now time.Time) error {
	_, _, err1 := o.rules(now)
	_, err2 := o.reading.options()
	_, _, err3 := o.identity.indexOptions()
	return errors.Join(err1, err2, err3)
}

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
