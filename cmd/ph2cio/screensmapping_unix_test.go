//go:build unix

package main

import (
	"os"
	"path/filepath"
)

// aMapping has settings and rules that are longer than a line, and tests of which one is ok.
const aMapping = `settings:
  page-name: title
  drop-property: [$geoip_city_name, $geoip_country_name, $geoip_continent_name, $geoip_postal_code, utm_*]
  event-attribute: source=posthog
rules:
  - events: [Order Completed, Invoice Paid, Subscription Renewed, Seat Added, Payment Failed, Checkout Started]
    name: "billing: {event.event}"
    person: {plan: '{properties.plan}', last_amount: '{properties.amount}', last_note: '{properties.note}'}
tests:
  - name: a page is named by its title
    rows:
      - {event: $pageview, distinct_id: u1, timestamp: "2026-03-04T09:15:28Z", properties: {title: Cart}}
    operations:
      - {type: person, action: identify, identifiers: {id: u1}}
      - {type: person, action: page, identifiers: {id: u1}, name: Cart, timestamp: 1772615728, attributes: {title: Cart, source: posthog}}
  - name: a renewal goes to billing, and whoever renews has a plan as an attribute of theirs
    rows:
      - {event: Subscription Renewed, distinct_id: u1, timestamp: "2026-03-04T09:15:27Z", properties: {plan: enterprise-annual-2026, amount: 1200, note: "Renewed by phone after the meeting about more seats for the whole sales team"}}
    operations:
      - {type: person, action: identify, identifiers: {id: u1}, attributes: {plan: enterprise-annual-2026}}
      - {type: person, action: event, identifiers: {id: u1}, name: "billing: Renewed", timestamp: 1772615727, attributes: {plan: enterprise-annual-2026, amount: 1200, note: Renewed by phone}}
      - {type: person, action: event, identifiers: {id: u1}, name: Plan Changed, timestamp: 1772615727, attributes: {plan: enterprise-annual-2026, amount: 1200, source: posthog}}
`

// mappingScreens are those of somebody who writes a mapping file, and asks what becomes of one person.
func mappingScreens(s *screens) {
	if err := os.WriteFile(filepath.Join(s.dir, "mapping.yaml"), []byte(aMapping), 0o600); err != nil {
		s.t.Fatal(err)
	}
	s.shows("mapping-show", "ph2cio mapping show --mapping mapping.yaml --until 30d")
	s.shows("mapping-test", "ph2cio mapping test --mapping mapping.yaml")
	s.shows("preview-diff", "ph2cio preview --diff mapping.yaml acornly_events.jsonl.gz")
	s.shows("explain", "ph2cio explain --id user_1001 acornly_events.jsonl.gz")
}
