package mapping

import (
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"ph2cio/internal/customerio"
	"ph2cio/internal/redact"
)

// Rules are options made ready. They may be used from many goroutines.
type Rules struct {
	span       span
	names      names
	holdRecent bool // hold events younger than 72 hours

	pageName       place // what a page is named by, first; placeNone for its event's name
	screenByEvent  bool  // a screen is named by its event's name
	dots           string
	urlWithQuery   bool // the name of a page may have a query and a fragment
	pageParts      []pagePart
	allProperties  bool
	dropProperties Globs
	secrets        *redact.Secrets
	eventLimit     limit

	allPersonProperties bool
	dateAttributes      Globs
	identifyTimestamp   bool

	allowed          allowed
	eventAttributes  []assignment
	personAttributes []assignment
	identifierKey    customerio.Key
	identifier       template        // without parts when each person goes by their own
	templated        map[string]bool // person properties that a template names
	personID         bool            // a template names PostHog's person UUID
}

// New checks the options. An error names the flag and what it takes.
func New(o Options) (*Rules, error) {
	if o.Now.IsZero() {
		return nil, errors.New("mapping rules need the time of the run")
	}
	r := &Rules{
		span:              newSpan(o),
		holdRecent:        o.HoldRecent,
		dots:              o.Dots,
		secrets:           redact.New(listed(o.RedactQuery)),
		eventLimit:        limit{o.EventValueLimit, cutEventValue, cutEventValue},
		identifyTimestamp: o.IdentifyTimestamp,
		templated:         map[string]bool{},
	}
	var errs []error
	for _, set := range []func(*Rules, Options) error{
		(*Rules).checkSpan, (*Rules).setNames, (*Rules).setPageName, (*Rules).setScreenName, (*Rules).checkDots, (*Rules).setProperties, (*Rules).setReserved,
		(*Rules).setAttributes, (*Rules).setIdentifier,
	} {
		errs = append(errs, set(r, o))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return r, nil
}

// checkSpan refuses bounds that leave no time between them.
func (r *Rules) checkSpan(o Options) error {
	if !o.Since.IsZero() && !o.Until.IsZero() && r.span.since >= r.span.until {
		return fmt.Errorf("--since (%s) is not before --until (%s), so no event would be sent",
			o.Since.UTC().Format(time.RFC3339Nano), o.Until.UTC().Format(time.RFC3339Nano))
	}
	return nil
}

func (r *Rules) setNames(o Options) error {
	r.names.secrets = r.secrets
	var err1, err2 error
	r.names.only, err1 = NewGlobs("events", o.Events)
	r.names.skip, err2 = NewGlobs("skip-events", o.SkipEvents)
	return errors.Join(err1, err2)
}

// EventsWith returns the value of --events that sends events of a name too, beside all that is sent without
// it; empty when the name cannot be typed.
func (r *Rules) EventsWith(name string) string {
	name = strings.TrimSpace(name)
	if name == "" || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) {
		return ""
	}
	all := slices.Clone(r.names.only)
	if len(all) == 0 {
		all = append(Globs{customers}, viewed...)
	}
	all = append(all, strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(name))
	var line strings.Builder
	w := csv.NewWriter(&line)
	_ = w.Write(all) // into memory
	w.Flush()
	return strings.TrimSuffix(line.String(), "\n")
}

func (r *Rules) setPageName(o Options) error {
	switch o.PageName {
	case "", "url":
		r.pageName, r.urlWithQuery = placeURL, true
	case "url-no-query":
		r.pageName = placeURL
	case "path":
		r.pageName = placePath
	case "title":
		r.pageName = placeTitle
	case "event":
		r.pageName = placeNone
	default:
		return fmt.Errorf("--page-name takes url, url-no-query, path, title or event, not %q", o.PageName)
	}
	return nil
}

func (r *Rules) setScreenName(o Options) error {
	switch o.ScreenName {
	case "", "name":
	case "event":
		r.screenByEvent = true
	default:
		return fmt.Errorf("--screen-name takes name or event, not %q", o.ScreenName)
	}
	return nil
}

// checkDots refuses text that cannot stand in a name, or that would put dots back.
func (r *Rules) checkDots(o Options) error {
	bad := func(c rune) bool { return c == '.' || c == utf8.RuneError || unicode.IsControl(c) }
	if strings.ContainsFunc(o.Dots, bad) || len(o.Dots) > customerio.MaxAttributeName {
		return fmt.Errorf("--dots takes text without dots and control characters, such as _, not %.60q", o.Dots)
	}
	return nil
}

func (r *Rules) setProperties(o Options) error {
	var errs [5]error
	r.allProperties, errs[0] = all("properties", o.Properties)
	r.allPersonProperties, errs[1] = all("person-properties", o.PersonProperties)
	if o.EventValueLimit < 0 {
		errs[2] = fmt.Errorf("--event-value-limit takes a number of bytes, 0 for no limit, not %d", o.EventValueLimit)
	}
	r.dropProperties, errs[3] = NewGlobs("drop-property", o.DropProperties)
	r.dateAttributes, errs[4] = NewGlobs("date-attributes", append([]string{"created_at", "createdAt"}, o.DateAttributes...))
	return errors.Join(errs[:]...)
}

// all reads a flag that takes custom or all.
func all(flag, value string) (bool, error) {
	switch value {
	case "", "custom":
		return false, nil
	case "all":
		return true, nil
	}
	return false, fmt.Errorf("--%s takes custom or all, not %q", flag, value)
}

func (r *Rules) setReserved(o Options) (err error) {
	r.allowed, err = newAllowed(listed(o.AllowReserved))
	return err
}

func (r *Rules) setAttributes(o Options) (err error) {
	if r.eventAttributes, err = newAssignments("event-attribute", o.EventAttributes, r.eventAttribute); err != nil {
		return err
	}
	if r.personAttributes, err = newAssignments("person-attribute", o.PersonAttributes, r.personAttribute); err != nil {
		return err
	}
	for i, a := range r.personAttributes {
		if placeholder := a.needsEvent(); placeholder != "" {
			return fmt.Errorf("--person-attribute: %s: a person has no %s, because it differs from event to event; "+
				"use %s or --event-attribute", o.PersonAttributes[i], placeholder, ofPeople)
		}
	}
	if len(r.personAttributes) > customerio.MaxAttributes {
		return fmt.Errorf("--person-attribute was given %d times; a person can have %d attributes",
			len(r.personAttributes), customerio.MaxAttributes)
	}
	r.newPageParts()
	for _, a := range slices.Concat(r.eventAttributes, r.personAttributes) {
		r.note(a.template)
	}
	return nil
}

// ofPeople are the placeholders that people have too.
const ofPeople = "{" + personProperties + "NAME}, {person.id}, {event.distinct_id}"

func (r *Rules) setIdentifier(o Options) (err error) {
	if o.IdentifierValue == "" {
		return nil
	}
	keys := []customerio.Key{customerio.ID, customerio.Email, customerio.Phone, customerio.CioID}
	if r.identifierKey = o.IdentifierKey; r.identifierKey == "" {
		r.identifierKey = customerio.ID
	}
	if !slices.Contains(keys, r.identifierKey) {
		return fmt.Errorf("--identifier-value is for the key id, email, phone or cio_id, not %q", o.IdentifierKey)
	}
	if r.identifier, err = parseTemplate(o.IdentifierValue); err != nil {
		return fmt.Errorf("--identifier-value: %s: %w", o.IdentifierValue, err)
	}
	if !slices.ContainsFunc(r.identifier.parts, func(p part) bool { return p.field != fieldLiteral }) {
		return fmt.Errorf("--identifier-value: %s has no placeholder, so everybody would become the same person",
			o.IdentifierValue)
	}
	if placeholder := r.identifier.needsEvent(); placeholder != "" {
		return fmt.Errorf("--identifier-value: %s: a person has no %s, because it differs from event to event; use %s", o.IdentifierValue, placeholder, ofPeople)
	}
	r.note(r.identifier)
	return nil
}

// UsesPersonID reports whether a template names PostHog's person UUID.
func (r *Rules) UsesPersonID() bool { return r.personID }

// note remembers what a template names.
func (r *Rules) note(t template) {
	for _, p := range t.parts {
		r.personID = r.personID || p.field == fieldPersonID
		if p.field == fieldPersonProperty {
			r.templated[p.key] = true
		}
	}
}

// Filtered reports whether any option leaves out rows that would otherwise be sent for good. Rows that are only held
// because they are recent are not left out.
func (r *Rules) Filtered() bool {
	return len(r.names.only) > 0 && !r.names.adds() || len(r.names.skip) > 0 || r.span.bounded()
}

// KeepsDollar reports whether KeepPersonProperty keeps any key that begins with a $.
func (r *Rules) KeepsDollar() bool {
	for key := range r.templated {
		if strings.HasPrefix(key, "$") {
			return true
		}
	}
	return r.allPersonProperties
}

// KeptDollars are the keys that begin with a $ and that KeepPersonProperty keeps even if not KeepsDollar.
func KeptDollars() []string { return []string{WorkflowsOptOut} }

// KeepPersonProperty says which person properties the first reading must fold: those that will be sent, those that a
// template names, and those that are left out but counted. Of keys with a $ those are KeptDollars
// alone, unless KeepsDollar.
func (r *Rules) KeepPersonProperty(key []byte) bool {
	return r.allPersonProperties || len(key) == 0 || key[0] != '$' || r.templated[string(key)] || string(key) == WorkflowsOptOut
}

// HoldsRecent reports whether events younger than customerio.CampaignAge are held.
func (r *Rules) HoldsRecent() bool { return r.holdRecent }
