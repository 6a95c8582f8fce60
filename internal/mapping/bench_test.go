package mapping

import (
	"testing"

	"ph2cio/internal/posthog"
)

// webEvent has the properties of a usual web event, about 1.7 KB of them.
const webEvent = `{"$os":"Mac OS X","$os_version":"10.15.7","$browser":"Chrome","$device_type":"Desktop",` +
	`"$timezone":"Europe/Lisbon","$current_url":"https://app.acornly.example/pricing?utm_source=newsletter&utm_medium=email&utm_campaign=spring",` +
	`"$host":"app.acornly.example","$pathname":"/pricing","$raw_user_agent":"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/133.0.0.0 Safari/537.36",` +
	`"$browser_version":133,"$browser_language":"en-GB","$screen_height":1080,"$screen_width":1920,"$viewport_height":937,"$viewport_width":1728,` +
	`"$lib":"web","$lib_version":"1.268.4","$insert_id":"ssnauzq1wkwjrcqz","$time":1772615727.123,"$device_id":"0195602e-7a11-7c3e-9d55-3f2b61c0aa01",` +
	`"$referrer":"https://www.google.com/","$referring_domain":"www.google.com","token":"phc_FICTIONALTOKENFORSAMPLESONLY000000000000000",` +
	`"$session_id":"0195602e-7a0f-7f00-8b00-11aa22bb33cc","$window_id":"0195602e-7a0f-7f00-8b00-11aa22bbbeef","$is_identified":false,` +
	`"$ip":"203.0.113.24","$sent_at":"2026-03-04T09:15:30.004Z","utm_source":"newsletter","utm_medium":"email","utm_campaign":"spring",` +
	`"gclid":null,"fbclid":null,"$geoip_city_name":"Lisbon","$geoip_country_name":"Portugal","$geoip_country_code":"PT","$geoip_latitude":38.7219,` +
	`"$geoip_longitude":-9.1398,"$geoip_time_zone":"Europe/Lisbon","title":"Pricing | Acornly","plan":"pro","seats":12,"$process_person_profile":false}`

func BenchmarkEvent(b *testing.B) {
	for _, bench := range []struct {
		name    string
		event   *posthog.Event
		options Options
	}{
		{"custom", row("order completed", webEvent), Options{}},
		{"all", row("order completed", webEvent), Options{Properties: "all"}},
		{"page", row("$pageview", webEvent), Options{}},
		{"templates", row("order completed", webEvent), Options{
			EventAttributes: []string{"who={person.properties.plan} of {event.properties.$browser}", "n={event.properties.seats}"},
		}},
		{"noise", row("$autocapture", webEvent), Options{}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			m := newRules(b, bench.options).NewMapper(newSomebody(`{"plan":"pro","name":"Maya"}`))
			b.SetBytes(int64(len(webEvent)))
			b.ReportAllocs()
			var out []byte
			for b.Loop() {
				out, _, _ = m.Event(out[:0], bench.event)
			}
		})
	}
}

// BenchmarkRules maps a row with ten expressions of a mapping file, and without.
func BenchmarkRules(b *testing.B) {
	for name, options := range map[string]Options{"none": {}, "ten": withFile(b, tenRules, Options{})} {
		b.Run(name, func(b *testing.B) {
			m, e := newRules(b, options).NewMapper(newSomebody(`{"plan":"pro","name":"Maya"}`)), row("order completed", webEvent)
			b.ReportAllocs()
			var out []byte
			for b.Loop() {
				out, _, _ = m.Event(out[:0], e)
			}
		})
	}
}

func BenchmarkClassify(b *testing.B) {
	c, e := newRules(b, Options{}).NewClassifier(), row("order completed", `{}`)
	b.ReportAllocs()
	for b.Loop() {
		c.Classify(e)
	}
}

func BenchmarkEventIDWithoutUUID(b *testing.B) {
	e := row("order completed", webEvent)
	e.HasUUID = false
	var h hasher
	b.ReportAllocs()
	for b.Loop() {
		h.id(e)
	}
}

func BenchmarkPerson(b *testing.B) {
	s := newSomebody(`{"email":"maya.okafor@example.com","name":"Maya Okafor","plan":"pro","created_at":"2026-03-04T09:16:02Z","seats":12,"signup_source":"web"}`)
	m := newRules(b, Options{}).NewMapper(s)
	b.ReportAllocs()
	var out []byte
	for b.Loop() {
		out, _ = m.Person(out[:0], &s.person)
	}
}

func BenchmarkContent(b *testing.B) {
	e := row("order completed", webEvent)
	var ids EventIDs
	b.ReportAllocs()
	for b.Loop() {
		ids.Content(e)
	}
}

func BenchmarkEventID(b *testing.B) {
	e := row("order completed", webEvent)
	var ids EventIDs
	b.ReportAllocs()
	for b.Loop() {
		ids.Of(e)
	}
}
