package synthetic

import (
	"strconv"
	"time"
)

// person is one of the people at a moment. What does not change about them follows from their number alone.
type person struct {
	number uint64
	id     []byte // user_<number>
	key    uint64 // chance that belongs to this person
	dice   dice   // seeded again by each method, so that each returns the same values for a person
	age    int64  // how often something about them has changed
	since  time.Time
	place  *place
	client *client
}

// become turns p into person number at a moment.
func (p *person) become(seed, number uint64, at time.Time) {
	p.number = number
	p.id = strconv.AppendUint(append(p.id[:0], "user_"...), number, 10)
	p.key = mix(mix(seed+saltPerson)^number) + 1
	p.dice.throw(p.key, 0, 0)
	p.since = firstDay.Add(-p.dice.within(2 * 365 * 24 * time.Hour)).Truncate(time.Second)
	p.age = int64(at.Sub(p.since) / (time.Duration(60+p.dice.IntN(200)) * 24 * time.Hour))
	p.place = &places[p.dice.IntN(len(places))]
	p.client = &clients[p.dice.IntN(len(clients))]
}

// appendDevice appends the UUID under which a visitor is known on one of the person's devices.
func (p *person) appendDevice(dst []byte, device int) []byte {
	first := p.since.AddDate(0, device, 0).UnixMilli()
	return appendUUIDv7(dst, first, p.key<<2|uint64(device))
}

// customKeys are the customer's own properties, those that everybody has first. Each value is a function of
// the person and their age.
var customKeys = []struct {
	name  string
	value func(p *person, o *object, key string)
}{
	{"email", func(p *person, o *object, key string) {
		o.key(key)
		o.b = append(o.b, '"')
		o.b = append(o.b, pick(p.dice, givenNames).mail...)
		o.b = append(o.b, '.')
		o.b = strconv.AppendUint(o.b, p.number, 10)
		o.b = append(o.b, `@customers.example.com"`...)
	}},
	{"name", func(p *person, o *object, key string) {
		o.raw(key, pick(p.dice, fullNames))
	}},
	{"created_at", func(p *person, o *object, key string) {
		o.key(key)
		o.b = p.since.AppendFormat(o.b, `"2006-01-02T15:04:05Z"`)
	}},
	{"plan", func(p *person, o *object, key string) {
		o.text(key, plans[(p.number+uint64(p.age)/2)%uint64(len(plans))])
	}},
	{"company_name", func(p *person, o *object, key string) { o.text(key, pick(p.dice, companies)) }},
	{"role", func(p *person, o *object, key string) { o.text(key, pick(p.dice, roles)) }},
	{"seats", func(p *person, o *object, key string) { o.number(key, 1+int64(p.dice.IntN(40))+p.age) }},
	{"newsletter", func(p *person, o *object, key string) { o.raw(key, pick(p.dice, booleans)) }},
	{"lifetime_value", func(p *person, o *object, key string) {
		o.key(key)
		o.b = strconv.AppendInt(o.b, p.age*190+int64(p.dice.IntN(500)), 10)
		o.b = append(o.b, ".25"...)
	}},
	{"locale", func(p *person, o *object, key string) { o.text(key, p.client.language) }},
	{"last_feature_used", func(p *person, o *object, key string) {
		o.text(key, features[(p.number+uint64(p.age))%uint64(len(features))])
	}},
	{"teams", func(p *person, o *object, key string) { o.raw(key, pick(p.dice, teamLists)) }},
}

// appendCustom adds the first of the customer's own properties: 5 at least.
func (p *person) appendCustom(o *object) {
	p.dice.throw(p.key, 1, 0)
	for _, custom := range customKeys[:5+p.dice.IntN(len(customKeys)-4)] {
		custom.value(p, o, custom.name)
	}
}

// appendChange adds the few that changed last.
func (p *person) appendChange(o *object) {
	p.dice.throw(p.key, 1, 0)
	for _, custom := range customKeys {
		if custom.name == "plan" || custom.name == "seats" || custom.name == "last_feature_used" {
			custom.value(p, o, custom.name)
		}
	}
}

// appendSnapshot adds what PostHog holds of the person: the customer's own properties, and much more of
// PostHog's.
func (p *person) appendSnapshot(o *object) {
	p.appendCustom(o)
	p.dice.throw(p.key, 2, 0)
	browser := p.dice.share(60)
	campaign := !browser || p.dice.share(30)
	p.place.appendTo(o, geoKeys)
	if browser {
		p.client.appendTo(o, clientKeys)
	}
	if campaign {
		appendNulls(o, campaignKeys)
	}
	if browser && p.dice.share(40) {
		p.client.appendTo(o, initialClientKeys)
	}
	if p.dice.share(30) {
		p.place.appendTo(o, initialGeoKeys)
	}
	if campaign && p.dice.share(70) {
		appendNulls(o, initialCampaignKeys)
	}
	o.key("$creator_event_uuid")
	o.b = append(o.b, '"')
	o.b = p.appendDevice(o.b, 3)
	o.b = append(o.b, '"')
}

func appendNulls(o *object, keys []string) {
	for _, key := range keys {
		o.raw(key, "null")
	}
}
