package mapping

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/customerio"
	"ph2cio/internal/people"
	"ph2cio/internal/rawjson"
)

func TestPersonAttributes(t *testing.T) {
	t.Parallel()
	thousand := strings.Repeat("v", 1000)
	name150 := strings.Repeat("n", 150)
	for _, test := range []struct {
		name       string
		options    Options
		properties string
		want       string
		cut        map[string]int64
	}{
		{name: "none", properties: `{}`, want: ``},
		{
			name:       "custom ones go",
			properties: `{"email":"maya@example.com","name":"Maya","seats":12345678901234567890,"vip":true,"tags":["a",{"b":1}],"empty":"","$os":"iOS","utm_term":null}`,
			want:       `{"email":"maya@example.com","name":"Maya","seats":12345678901234567890,"vip":true,"tags":["a",{"b":1}],"empty":""}`,
		},
		{
			name:       "all",
			options:    Options{PersonProperties: "all"},
			properties: `{"$os":"iOS","utm_term":null,"created_at":null,"email":null}`,
			want:       `{"$os":"iOS","utm_term":null,"email":null}`,
		},
		{
			name:       "reserved",
			properties: `{"unsubscribed":true,"cio_subscription_preferences":{"topics":{}},"cio_subscription_preferences.topics.topic_3":false,"id":1,"cio_id":2,"unsubscribed.foo":true,"id.x":2,"phone.home":"+1","anonymous_id":"a","cio_relationships":[],"_update.x":true,"cio.id":2,".x":1,"Phone":"+1"}`,
			want:       `{"cio.id":2,".x":1,"Phone":"+1"}`,
			cut:        map[string]int64{"reserved": 11},
		},
		{
			name:       "reserved, with dots replaced",
			options:    Options{Dots: "_"},
			properties: `{"cio_subscription_preferences.topics.topic_3":false,"unsubscribed.foo":true,"cio.id":2,".x":1,"plan.name":"pro"}`,
			want:       `{"plan_name":"pro"}`,
			cut:        map[string]int64{"reserved": 4},
		},
		{
			name:       "an allowed path keeps its dots",
			options:    Options{AllowReserved: []string{"cio_subscription_preferences.topics.topic_3", "id.x"}, Dots: "_"},
			properties: `{"cio_subscription_preferences.topics.topic_3":false,"cio_subscription_preferences.topics.topic_4":false,"id.x":1}`,
			want:       `{"cio_subscription_preferences.topics.topic_3":false,"id_x":1}`,
			cut:        map[string]int64{"reserved": 1},
		},
		{
			name:       "reserved but allowed",
			options:    Options{AllowReserved: []string{"unsubscribed", "cio_subscription_preferences", "_x"}},
			properties: `{"unsubscribed":true,"cio_subscription_preferences":{"topics":{}},"cio_subscription_preferences.topics.topic_3":false,"phone":"+1","_x":1}`,
			want:       `{"unsubscribed":true,"cio_subscription_preferences":{"topics":{}},"cio_subscription_preferences.topics.topic_3":false,"_x":1}`,
			cut:        map[string]int64{"reserved": 1},
		},
		{
			name:       "dots stay",
			properties: `{"a.b":1,"a_b":2,"c.d":3,"c.d.":4}`,
			want:       `{"a.b":1,"a_b":2,"c.d":3,"c.d.":4}`,
		},
		{
			name:       "names that become the same",
			options:    Options{Dots: "_"},
			properties: `{"a.b":1,"a_b":2,"c.d":3,"c.d.":4}`,
			want:       `{"a_b":2,"c_d":3,"c_d_":4}`,
			cut:        map[string]int64{"same_name": 1},
		},
		{
			name:       "emails",
			properties: `{"email":" maya@example.com ","other":"not an email"}`,
			want:       `{"email":"maya@example.com","other":"not an email"}`,
		},
		{name: "bad email", properties: `{"email":"maya at example.com"}`, cut: map[string]int64{"bad_email": 1}},
		{name: "email with a name", properties: `{"email":"Maya <maya@example.com>"}`, cut: map[string]int64{"bad_email": 1}},
		{name: "email that is no text", properties: `{"email":7}`, cut: map[string]int64{"bad_email": 1}},
		{
			name:       "dates",
			options:    Options{DateAttributes: []string{"trial_*"}},
			properties: `{"created_at":"2026-03-04T09:16:02Z","createdAt":1772615762123,"trial_end":"2026-03-10","trial_x":"soon","updated_at":"2026-03-04T09:16:02Z"}`,
			want:       `{"created_at":1772615762,"createdAt":1772615762,"trial_end":1773100800,"updated_at":"2026-03-04T09:16:02Z"}`,
			cut:        map[string]int64{"bad_date": 1},
		},
		{
			name:       "lengths",
			properties: `{"fits":"` + thousand + `","long":"` + thousand + `v","wide":"` + thousand[1:] + `é","escaped":"` + strings.Repeat(`\n`, 1000) + `","list":["` + thousand + `"],"number":` + strings.Repeat("1", 1001) + `,"` + name150 + `":1,"` + name150 + `n":2}`,
			want:       `{"fits":"` + thousand + `","long":"` + thousand + `","wide":"` + thousand[1:] + `","escaped":"` + strings.Repeat(`\n`, 1000) + `","` + name150 + `":1}`,
			cut:        map[string]int64{"string_too_long": 2, "value_too_long": 2, "name_too_long": 1},
		},
		{
			name:       "broken text",
			properties: "{\"a\":\"\xff\",\"b\":\"x\\u0000\"}",
			want:       "{\"a\":\"\ufffd\",\"b\":\"x\"}",
			cut:        map[string]int64{"invalid_utf8": 1, "nul": 1},
		},
		{
			name:       "secrets in URLs",
			properties: `{"last_url":"https://a.example/?token=x"}`,
			want:       `{"last_url":"https://a.example/?token=redacted"}`,
			cut:        map[string]int64{"redacted": 1},
		},
		{
			name:       "secrets by key",
			options:    Options{DateAttributes: []string{"*"}, PersonProperties: "all"},
			properties: `{"password":"hunter2","Access_Token":"2026-03-04","api.key":12,"auth":{"secret":"x"},"signature":null,"token":""}`,
			want:       `{"password":"redacted","Access_Token":"redacted","api.key":"redacted","signature":null,"token":"redacted"}`,
			cut:        map[string]int64{"redacted": 4, "bad_date": 1},
		},
		{
			name:       "secrets by key, further in",
			properties: `{"auth":{"secret":"x"},"tokens":3,"password":"hunter2"}`,
			want:       `{"auth":{"secret":"redacted"},"tokens":3,"password":"redacted"}`,
			cut:        map[string]int64{"redacted": 2},
		},
		{
			name:       "a secret that was asked for",
			options:    Options{PersonAttributes: []string{"token={person.properties.plan}"}},
			properties: `{"token":"x","plan":"pro"}`,
			want:       `{"plan":"pro","token":"pro"}`,
		},
		{
			name: "templates",
			options: Options{PersonAttributes: []string{
				"source=posthog", "plan={person.properties.$plan}", "created_at={person.properties.joined}", "who={event.distinct_id}/{event.raw_distinct_id}",
				"none={person.properties.none}", "uuid={person.id}", "email={person.properties.mail}", "tags={person.properties.tags}",
			}},
			properties: `{"$plan":"pro","joined":"2026-03-04T09:16:02Z","created_at":"soon","mail":"x","plan":"old","tags":[1]}`,
			want:       `{"joined":"2026-03-04T09:16:02Z","mail":"x","source":"posthog","plan":"pro","created_at":1772615762,"who":"user_1001/user_1001","tags":[1]}`,
			cut:        map[string]int64{"bad_email": 1},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newSomebody(test.properties)
			m := newRules(t, test.options).NewMapper(s)
			op := identify(t, m, s)
			if diff := cmp.Diff(test.want, string(op.Attributes)); diff != "" {
				t.Errorf("attributes (-want +got):\n%s", diff)
			}
			if test.cut == nil {
				test.cut = map[string]int64{}
			}
			if diff := cmp.Diff(test.cut, m.ValuesCut); diff != "" {
				t.Errorf("values cut (-want +got):\n%s", diff)
			}
			if op.Action != customerio.Identify || op.Timestamp != 0 {
				t.Errorf("action %s, timestamp %d", op.Action, op.Timestamp)
			}
		})
	}
}

// Somebody who goes by their email must not be renamed by an attribute: their events would make another
// profile.
func TestEmailOfThoseWhoGoByIt(t *testing.T) {
	t.Parallel()
	for properties, cut := range map[string]map[string]int64{
		`{"email":"maya@example.com","a":1}`:   {},
		`{"email":" Maya@Example.com ","a":1}`: {},
		`{"email":"other@example.com","a":1}`:  {"reserved": 1},
		`{"a":1}`:                              {},
	} {
		s := newSomebody(properties)
		s.person.By, s.person.Value = people.ByEmail, "maya@example.com"
		m := newRules(t, Options{}).NewMapper(s)
		op := identify(t, m, s)
		if string(op.Attributes) != `{"a":1}` || op.Identifiers["email"] != "maya@example.com" {
			t.Errorf("%s becomes %v %s", properties, op.Identifiers, op.Attributes)
		}
		if diff := cmp.Diff(cut, m.ValuesCut); diff != "" {
			t.Errorf("%s: values cut (-want +got):\n%s", properties, diff)
		}
	}
}

func TestTooManyAttributes(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 310 {
		fmt.Fprintf(&b, `"a%03d":%d,`, i, i)
	}
	s := newSomebody(`{` + b.String() + `"created_at":"2026-03-04","email":"maya@example.com","zz":1}`)
	m := newRules(t, Options{PersonAttributes: []string{"made=x", "zzz.made=y"}}).NewMapper(s)
	op := identify(t, m, s)
	members := rawjson.WalkMembers(nil, op.Attributes)
	if len(members) != customerio.MaxAttributes || m.ValuesCut["too_many_attributes"] != 15 {
		t.Errorf("%d attributes, cut %v", len(members), m.ValuesCut)
	}
	want := `"a295":295,"created_at":1772582400,"email":"maya@example.com","made":"x","zzz.made":"y"}`
	if got := string(op.Attributes); !strings.HasPrefix(got, `{"a000":0,"a001":1,`) || !strings.HasSuffix(got, want) {
		t.Errorf("attributes %s", got)
	}
}

func TestIdentifyTimestamp(t *testing.T) {
	t.Parallel()
	for updated, want := range map[int64]int64{
		rowTime.Unix():               rowTime.Unix(),
		0:                            0,
		999_999_999:                  0,
		runNow.Unix() + 1:            0,
		customerio.MaxTimestamp + 10: 0,
	} {
		s := newSomebody(`{"a":1}`)
		s.person.Updated = updated
		if got := identify(t, newRules(t, Options{IdentifyTimestamp: true}).NewMapper(s), s).Timestamp; got != want {
			t.Errorf("updated %d: timestamp %d, want %d", updated, got, want)
		}
	}
}

func TestKeepPersonProperty(t *testing.T) {
	t.Parallel()
	custom := newRules(t, Options{
		PersonAttributes: []string{"a={person.properties.$a}"}, EventAttributes: []string{"b={person.properties.$b}"},
		IdentifierValue: "{person.properties.$c}",
	})
	all := newRules(t, Options{PersonProperties: "all"})
	for key, want := range map[string]bool{"plan": true, "": true, "unsubscribed": true, "$a": true, "$b": true, "$c": true, "$d": false} {
		if got := custom.KeepPersonProperty([]byte(key)); got != want {
			t.Errorf("keep %q: %v, want %v", key, got, want)
		}
		if !all.KeepPersonProperty([]byte(key)) {
			t.Errorf("keep %q of all: false", key)
		}
	}
}
