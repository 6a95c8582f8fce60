package mapping

import (
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

// New returns the rules for the options. An error names the flag and its allowed values.
func New(o Options) (*Rules, error) {
	if o.Now.IsZero() {
		return nil, errors.New("mapping rules need the time of the run")
	}
	secrets := redact.New(listed(o.RedactQuery))
	naming := naming{o.Dots, secrets}
	r := &Rules{
		span:              newSpan(o),
		holdRecent:        o.HoldRecent,
		secrets:           secrets,
		events:            eventRules{naming: naming, limit: limit{o.EventValueLimit, cutEventValue, cutEventValue}},
		persons:           personRules{naming: naming},
		templates:         templateNames{properties: map[string]bool{}},
		identifyTimestamp: o.IdentifyTimestamp,
	}
	var errs []error
	for _, set := range []func(*Rules, Options) error{
		(*Rules).checkSpan, (*Rules).setNames, (*Rules).setPageName, (*Rules).setScreenName, (*Rules).checkDots, (*Rules).setUnset,
		(*Rules).setProperties, (*Rules).setReserved, (*Rules).setTestAccounts, (*Rules).setRules, (*Rules).setAttributes,
		(*Rules).setIdentifier,
	} {
		errs = append(errs, set(r, o))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return r, nil
}

// checkSpan returns an error if no time lies between the bounds.
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

func (r *Rules) setPageName(o Options) error {
	pages := &r.events.pages
	switch o.PageName {
	case "", "url":
		pages.name, pages.withQuery = placeURL, true
	case "url-no-query":
		pages.name = placeURL
	case "path":
		pages.name = placePath
	case "title":
		pages.name = placeTitle
	case "event":
		pages.name = placeNone
	default:
		return fmt.Errorf("--page-name takes url, url-no-query, path, title or event, not %q", o.PageName)
	}
	return nil
}

func (r *Rules) setScreenName(o Options) error {
	switch o.ScreenName {
	case "", "name":
	case "event":
		r.events.pages.screenByEvent = true
	default:
		return fmt.Errorf("--screen-name takes name or event, not %q", o.ScreenName)
	}
	return nil
}

func (r *Rules) setUnset(o Options) error {
	switch o.Unset {
	case "", "keep":
	case "remove":
		r.removesUnset = true
	default:
		return fmt.Errorf("--unset must be keep or remove, not %q", o.Unset)
	}
	return nil
}

// checkDots returns an error for text that is not allowed in a name, or contains dots.
func (r *Rules) checkDots(o Options) error {
	bad := func(c rune) bool { return c == '.' || c == utf8.RuneError || unicode.IsControl(c) }
	if strings.ContainsFunc(o.Dots, bad) || len(o.Dots) > customerio.MaxAttributeName {
		return fmt.Errorf("--dots takes text without dots and control characters, such as _, not %.60q", o.Dots)
	}
	return nil
}

func (r *Rules) setProperties(o Options) error {
	var errs [5]error
	r.events.all, errs[0] = all("properties", o.Properties)
	r.persons.all, errs[1] = all("person-properties", o.PersonProperties)
	if o.EventValueLimit < 0 {
		errs[2] = fmt.Errorf("--event-value-limit takes a number of bytes, 0 for no limit, not %d", o.EventValueLimit)
	}
	r.events.drop, errs[3] = NewGlobs("drop-property", o.DropProperties)
	r.persons.dates, errs[4] = NewGlobs("date-attributes", append([]string{"created_at", "createdAt"}, o.DateAttributes...))
	return errors.Join(errs[:]...)
}

// all parses a flag whose values are custom and all. It reports whether it is all.
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
	r.events.allowed, err = newAllowed(listed(o.AllowReserved))
	r.persons.allowed = r.events.allowed
	return err
}

func (r *Rules) setAttributes(o Options) (err error) {
	if r.events.assigned, err = newAssignments("event-attribute", o.EventAttributes, r.events.attribute); err != nil {
		return err
	}
	if r.persons.assigned, err = newAssignments("person-attribute", o.PersonAttributes, r.persons.attribute); err != nil {
		return err
	}
	for i, a := range r.persons.assigned {
		if placeholder := a.needsEvent(); placeholder != "" {
			return fmt.Errorf("--person-attribute: %s: a person has no %s, because it differs from event to event; "+
				"use %s or --event-attribute", o.PersonAttributes[i], placeholder, ofPeople)
		}
	}
	if len(r.persons.assigned) > customerio.MaxAttributes {
		return fmt.Errorf("--person-attribute was given %d times; a person can have %d attributes",
			len(r.persons.assigned), customerio.MaxAttributes)
	}
	r.events.pages.parts = newPageParts(r.events.naming, r.events.drop, r.events.assigned)
	for _, part := range r.events.pages.parts {
		r.events.noteRuled(part.key)
	}
	for _, a := range slices.Concat(r.events.assigned, r.persons.assigned) {
		r.templates.noteTemplate(a.template)
	}
	return nil
}

// ofPeople lists what templates of people can look at.
const ofPeople = "{person.properties.NAME}, {person.id}, {event.distinct_id}"

func (r *Rules) setIdentifier(o Options) (err error) {
	if o.IdentifierValue == "" {
		return nil
	}
	keys := []customerio.Key{customerio.ID, customerio.Email, customerio.Phone, customerio.CioID}
	if r.identifier.key = o.IdentifierKey; r.identifier.key == "" {
		r.identifier.key = customerio.ID
	}
	if !slices.Contains(keys, r.identifier.key) {
		return fmt.Errorf("--identifier-value is for the key id, email, phone or cio_id, not %q", o.IdentifierKey)
	}
	if r.identifier.value, err = parseTemplate(o.IdentifierValue); err != nil {
		return fmt.Errorf("--identifier-value: %s: %w", o.IdentifierValue, err)
	}
	if !r.identifier.value.hasPlaceholder() {
		return fmt.Errorf("--identifier-value: %s has no placeholder, so everybody would become the same person",
			o.IdentifierValue)
	}
	if placeholder := r.identifier.value.needsEvent(); placeholder != "" {
		return fmt.Errorf("--identifier-value: %s: a person has no %s, because it differs from event to event; use %s",
			o.IdentifierValue, placeholder, ofPeople)
	}
	r.templates.noteTemplate(r.identifier.value)
	return nil
}
