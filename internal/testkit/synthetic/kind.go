package synthetic

import (
	"strconv"
	"time"
)

// kind is a kind of row: an event by one of PostHog's libraries.
type kind struct {
	share      float64 // percent of all rows
	event      string  // empty: one of names
	names      []string
	personless bool
	fill       func(g *generator, o *object) // adds its properties, and may change the row's IDs
}

// kinds add up to 100 percent.
var kinds = []kind{
	{19, "$pageview", nil, true, (*generator).pageview},
	{13, "$autocapture", nil, true, (*generator).autocapture},
	{6, "$pageleave", nil, true, (*generator).web},
	{6, "", webEvents, true, (*generator).custom},
	{4, "$feature_flag_called", nil, true, (*generator).flag},
	{2, "$screen", nil, true, (*generator).screen},

	{11, "$pageview", nil, false, (*generator).pageview},
	{8, "$autocapture", nil, false, (*generator).autocapture},
	{8, "", serverEvents, false, (*generator).server},
	{7, "", webEvents, false, (*generator).custom},
	{4, "$feature_flag_called", nil, false, (*generator).flag},
	{4, "$identify", nil, false, (*generator).identify},
	{3, "$set", nil, false, (*generator).set},
	{3, "$screen", nil, false, (*generator).screen},
	{1, "$pageleave", nil, false, (*generator).web},
	{0.5, "$create_alias", nil, false, (*generator).alias},
	{0.5, "$groupidentify", nil, false, (*generator).group},
}

func chooseKind(d dice) *kind {
	left := d.Float64() * 100
	for i := range kinds {
		if left -= kinds[i].share; left < 0 {
			return &kinds[i]
		}
	}
	return &kinds[0]
}

// name is the row's event name.
func (r *row) name() string {
	if r.kind.event != "" {
		return r.kind.event
	}
	return r.kind.names[r.number%int64(len(r.kind.names))]
}

// web adds what posthog-js sets on every event.
func (g *generator) web(o *object) {
	r, p, d := &g.r, &g.person, g.dice
	path := pick(d, paths)
	p.client.appendTo(o, clientKeys)
	g.url(o, "$current_url", path)
	o.text("$pathname", path)
	o.text("$lib", "web")
	o.bytes("$device_id", g.device)
	g.visit(o)
	o.raw("$is_identified", strconv.FormatBool(!r.personless))
	if !r.personless {
		o.bytes("$user_id", p.id)
	}
	o.text("$ip", p.place.ip)
	o.text("$geoip_country_code", p.place.countryCode)
	o.text("$timezone", p.place.zone)
	o.key("$sent_at")
	o.b = r.at.Add(2*time.Second).AppendFormat(o.b, `"2006-01-02T15:04:05.000Z"`)
	if d.share(30) {
		appendNulls(o, campaignKeys[:8])
	}
}

// url adds a page's address, one in four with a campaign.
func (g *generator) url(o *object, key, path string) {
	o.key(key)
	o.b = append(o.b, `"https://app.acornly.example`...)
	o.b = append(o.b, path...)
	if g.dice.share(25) {
		o.b = append(o.b, pick(g.dice, campaigns)...)
	}
	o.b = append(o.b, '"')
}

// visit adds the ID of a visit: the same one for half an hour.
func (g *generator) visit(o *object) {
	began := g.r.at.Truncate(30 * time.Minute).UnixMilli()
	o.key("$session_id")
	o.b = append(o.b, '"')
	o.b = appendUUIDv7(o.b, began, mix(g.person.key+uint64(began)))
	o.b = append(o.b, '"')
}

func (g *generator) pageview(o *object) {
	g.web(o)
	o.text("title", pick(g.dice, titles))
}

func (g *generator) autocapture(o *object) {
	g.web(o)
	o.text("$event_type", "click")
	o.number("$ce_version", 1)
	o.text("$el_text", "Start free trial")
	g.r.elements = pick(g.dice, elements)
}

func (g *generator) flag(o *object) {
	g.web(o)
	o.text("$feature_flag", pick(g.dice, features))
	o.text("$feature_flag_response", pick(g.dice, []string{"test", "control"}))
	o.raw("$active_feature_flags", `["new-onboarding","pricing-v3"]`)
}

func (g *generator) custom(o *object) {
	g.web(o)
	o.text("plan", pick(g.dice, plans))
	o.number("amount", int64(g.dice.IntN(100_000)))
	o.nested("context", func() {
		o.text("feature", pick(g.dice, features))
		o.raw("first_time", pick(g.dice, booleans))
		o.raw("tags", pick(g.dice, teamLists))
	})
}

// screen is by a phone's library.
func (g *generator) screen(o *object) {
	p, d := &g.person, g.dice
	o.text("$screen_name", pick(d, screens))
	o.text("$lib", "posthog-ios")
	o.text("$lib_version", "3.26.0")
	o.text("$app_version", pick(d, []string{"4.1.0", "4.2.3", "5.0.0"}))
	o.text("$app_build", "412")
	o.text("$app_name", "Acornly")
	o.text("$app_namespace", "example.acornly.app")
	o.text("$device_type", "Mobile")
	o.text("$device_manufacturer", "Apple")
	o.text("$device_name", "iPhone")
	o.text("$os_name", "iOS")
	o.text("$os_version", "18.3")
	o.text("$locale", p.client.language)
	o.text("$network_wifi", "true")
	o.number("$screen_width", 393)
	o.number("$screen_height", 852)
	o.bytes("$device_id", g.device)
	g.visit(o)
	o.text("$ip", p.place.ip)
	p.place.appendTo(o, geoKeys[:8])
}

// server is by a customer's back end, which knows people by their own ID only.
func (g *generator) server(o *object) {
	d := g.dice
	o.text("$lib", "posthog-python")
	o.text("$lib_version", "6.7.1")
	o.raw("$is_server", "true")
	o.raw("$geoip_disable", "true")
	o.key("order_id")
	o.b = append(strconv.AppendUint(append(o.b, `"ord_`...), d.Uint64N(1e9), 10), '"')
	o.key("revenue")
	o.b = append(strconv.AppendInt(o.b, d.Int64N(2000), 10), ".50"...)
	o.text("currency", pick(d, currencies))
	o.raw("coupon", "null")
	o.number("big_id", 9007199254740993+d.Int64N(1e9)) // over 2^53
	o.raw("items", pick(d, itemLists))
	o.raw("$groups", `{"company":"acme"}`)
}

func (g *generator) identify(o *object) {
	g.web(o)
	o.bytes("$anon_distinct_id", g.device)
	o.nested("$set", func() { g.person.appendCustom(o) })
	o.nested("$set_once", func() {
		o.text("signup_source", "web")
		o.text("$initial_referring_domain", "$direct")
		o.text("$initial_referrer", "$direct")
	})
}

func (g *generator) set(o *object) {
	o.text("$lib", "posthog-node")
	o.text("$lib_version", "5.8.4")
	o.nested("$set", func() { g.person.appendChange(o) })
	switch g.dice.IntN(8) {
	case 0:
		o.raw("$unset", `["trial_ends_at"]`)
	case 1:
		o.raw("$set_once", `{"first_upgrade":"`+g.r.at.Format(time.DateOnly)+`"}`)
	}
}

// alias is the way SDKs send it: from the visitor's side.
func (g *generator) alias(o *object) {
	g.r.distinctID = append(g.r.distinctID[:0], g.device...)
	o.text("$lib", "web")
	o.bytes("distinct_id", g.device)
	o.bytes("alias", g.person.id)
}

// group is about a company, under a made-up distinct ID.
func (g *generator) group(o *object) {
	company := pick(g.dice, companies)
	g.r.distinctID = append(append(g.r.distinctID[:0], "$company_"...), company...)
	o.text("$lib", "posthog-go")
	o.text("$group_type", "company")
	o.text("$group_key", company)
	o.nested("$group_set", func() {
		o.text("name", company)
		o.number("employees", int64(g.dice.IntN(5000)))
	})
}
