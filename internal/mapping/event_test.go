package mapping

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// attributesCase maps one event's properties and looks at its attributes, as they are encoded.
type attributesCase struct {
	name       string
	options    Options
	properties string
	want       string
	cut        map[string]int64
}

func (c attributesCase) run(t *testing.T) {
	t.Run(c.name, func(t *testing.T) {
		t.Parallel()
		m := newRules(t, c.options).NewMapper(newSomebody(`{}`))
		op := send(t, m, row("order completed", c.properties))
		if diff := cmp.Diff(c.want, string(op.Attributes)); diff != "" {
			t.Errorf("attributes (-want +got):\n%s", diff)
		}
		if c.cut == nil {
			c.cut = map[string]int64{}
		}
		if diff := cmp.Diff(c.cut, m.ValuesCut); diff != "" {
			t.Errorf("values cut (-want +got):\n%s", diff)
		}
	})
}

func TestEventAttributes(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("n", 151)
	for _, c := range []attributesCase{
		{name: "none", properties: `{}`, want: ``},
		{
			name:       "custom ones go, PostHog's own stay",
			properties: `{"plan":"pro","$browser":"Chrome","$current_url":"https://a.example/b","$pathname":"/b","$screen_name":"Home","$referrer":"$direct","$ip":"203.0.113.9","$":1}`,
			want:       `{"plan":"pro","$current_url":"https://a.example/b","$pathname":"/b","$screen_name":"Home","$referrer":"$direct"}`,
		},
		{
			name:       "all but the plumbing",
			options:    Options{Properties: "all"},
			properties: `{"plan":"pro","$browser":"Chrome","$set":{"a":1},"$set_once":{},"$unset":["x"],"token":"phc_x","distinct_id":"d","$anon_distinct_id":"a","$device_id":"d","$user_id":"u","$is_identified":true,"$process_person_profile":false}`,
			want:       `{"plan":"pro","$browser":"Chrome"}`,
		},
		{
			name:       "the project's token never goes",
			properties: `{"token":"phc_x","distinct_id":"d","a":1}`,
			want:       `{"a":1}`,
		},
		{
			name:       "values are copied as they are written",
			properties: `{"n":12345678901234567890, "f":1.50e+3,"s":"A\/\u00e9\t" , "o":{"b" : [1, 2],"a":null},"t":true,"z":null,"e":"","l":[]}`,
			want:       `{"n":12345678901234567890,"f":1.50e+3,"s":"A\/\u00e9\t","o":{"b" : [1, 2],"a":null},"t":true,"z":null,"e":"","l":[]}`,
		},
		{
			name:       "dropped by glob",
			options:    Options{DropProperties: []string{"internal_*", "$current_url", "$feature/*"}, Properties: "all"},
			properties: `{"internal_a":1,"internal_b/c":2,"$current_url":"https://a.example","$feature/x":true,"keep":3}`,
			want:       `{"keep":3}`,
		},
		{
			name:       "reserved",
			properties: `{"recipient":"x@example.com","from_address":"y","reply_to":"z","Recipient":"kept","reply.to":"z","recipient.x":1}`,
			want:       `{"Recipient":"kept","reply.to":"z"}`,
			cut:        map[string]int64{"reserved": 4},
		},
		{
			name:       "reserved but allowed",
			options:    Options{AllowReserved: []string{"recipient"}},
			properties: `{"recipient":"x@example.com","reply_to":"z"}`,
			want:       `{"recipient":"x@example.com"}`,
			cut:        map[string]int64{"reserved": 1},
		},
		{
			name:       "dots stay",
			properties: `{"cart.total.net":5,"nested":{"a.b":1}}`,
			want:       `{"cart.total.net":5,"nested":{"a.b":1}}`,
		},
		{
			name:       "a dot becomes what is asked for",
			options:    Options{Dots: " / "},
			properties: `{"cart.total.net":5,"nested":{"a.b":1}}`,
			want:       `{"cart / total / net":5,"nested":{"a.b":1}}`,
		},
		{
			name:       "of one name, the one that was spelled so",
			options:    Options{Dots: "_"},
			properties: `{"a.b":1,"a.b.c":2,"a_b":3,"a_b.c":4}`,
			want:       `{"a_b_c":2,"a_b":3}`,
			cut:        map[string]int64{"same_name": 2},
		},
		{
			name:       "of one key, the last",
			properties: `{"a":1,"b":2,"a":3,"\u0061":4,"c":5}`,
			want:       `{"b":2,"a":4,"c":5}`,
		},
		{
			name:       "names that do not fit",
			properties: `{"` + long + `":1,"":2,"` + long[1:] + `":3}`,
			want:       `{"` + long[1:] + `":3}`,
			cut:        map[string]int64{"name_too_long": 2},
		},
		{
			name:       "escapes in names",
			properties: `{"caf\u00e9":1,"q\"":2,"\u0024browser":"Chrome","\u0024pathname":"/a"}`,
			want:       `{"café":1,"q\"":2,"$pathname":"/a"}`,
		},
		{
			name:       "text that is not UTF-8, or has a NUL",
			properties: "{\"a\":\"x\xffy\",\"b\":\"x\\u0000y\",\"c\":[\"\xff\",{\"\\u0000k\":\"\\ud800\"}],\"d\\u0000\":1,\"e\":\"\\ufffd\"}",
			want:       `{"a":"x` + "\ufffd" + `y","b":"xy","c":["` + "\ufffd" + `",{"k":"` + "\ufffd" + `"}],"d":1,"e":"\ufffd"}`,
			cut:        map[string]int64{"invalid_utf8": 3, "nul": 3},
		},
		{
			name:       "a limit for values",
			options:    Options{EventValueLimit: 5},
			properties: `{"a":"12345","b":"123456","c":"1234é","d":[1,2],"e":[1,2,3],"f":1234567,"g":"\"\"\"\"\"\""}`,
			want:       `{"a":"12345","b":"12345","c":"1234","d":[1,2],"g":"\"\"\"\"\""}`,
			cut:        map[string]int64{"event_value_too_long": 5},
		},
	} {
		c.run(t)
	}
}

func TestSecretsAreRedacted(t *testing.T) {
	t.Parallel()
	for _, c := range []attributesCase{
		{
			name:       "by key",
			properties: `{"password":"hunter2","Access_Token":"x","secret":{"a":1},"api_key":12,"signature":null,"tokens":3}`,
			want:       `{"password":"redacted","Access_Token":"redacted","secret":"redacted","api_key":"redacted","signature":null,"tokens":3}`,
			cut:        map[string]int64{"redacted": 4},
		},
		{
			name:       "by key, in other spellings",
			properties: `{"accessToken":1,"id-token":"x","apikey":2,"X-Api-Key":3,"session_token":"x","a":{"apiKey":4,"x_api_key":5,"clientSecret":6}}`,
			want:       `{"accessToken":"redacted","id-token":"redacted","apikey":"redacted","X-Api-Key":"redacted","session_token":"redacted","a":{"apiKey":"redacted","x_api_key":"redacted","clientSecret":"redacted"}}`,
			cut:        map[string]int64{"redacted": 8},
		},
		{
			name:       "not by keys that have other meanings",
			properties: `{"pwd":"/home","sid":1,"s_id":2,"authToken":3,"sig":4,"pageToken":5,"tokenize":6,"j-w-t":7,"a":{"sid":8,"pwd":9,"monkey":10}}`,
			want:       `{"pwd":"/home","sid":1,"s_id":2,"authToken":3,"sig":4,"pageToken":5,"tokenize":6,"j-w-t":7,"a":{"sid":8,"pwd":9,"monkey":10}}`,
		},
		{
			name:       "by the key that is sent",
			properties: `{"api.key":"x"}`,
			want:       `{"api.key":"redacted"}`,
			cut:        map[string]int64{"redacted": 1},
		},
		{
			name:       "by key, further in",
			properties: `{"auth":{"user":"a","password" : "x","list":[{"token":["a"]}]}}`,
			want:       `{"auth":{"user":"a","password":"redacted","list":[{"token":"redacted"}]}}`,
			cut:        map[string]int64{"redacted": 2},
		},
		{
			name:       "in a URL",
			properties: `{"$current_url":"https://a.example/reset?x=1&token=abc&y=2#access_token=q","href":"/a?PASSWORD=p"}`,
			want:       `{"$current_url":"https://a.example/reset?x=1&token=redacted&y=2#access_token=redacted","href":"/a?PASSWORD=redacted"}`,
			cut:        map[string]int64{"redacted": 2},
		},
		{
			name:       "in a URL further in",
			properties: `{"a":["https://a.example/?token=abc"]}`,
			want:       `{"a":["https://a.example/?token=redacted"]}`,
			cut:        map[string]int64{"redacted": 1},
		},
		{
			name:       "in a URL with escapes",
			properties: `{"a":"https:\/\/a.example\/?b=1\u0026token=abc"}`,
			want:       `{"a":"https://a.example/?b=1&token=redacted"}`,
			cut:        map[string]int64{"redacted": 1},
		},
		{
			name:       "by key, of a path",
			properties: `{"user[password]":"x","user.token":"y","a":{"user[secret]":1}}`,
			want:       `{"user[password]":"redacted","user.token":"redacted","a":{"user[secret]":"redacted"}}`,
			cut:        map[string]int64{"redacted": 3},
		},
		{
			name:       "in a key that is a URL",
			properties: `{"https://a/?token=x":1,"b":{"/?token=y":2},"https://u:p@a/":3}`,
			want:       `{"https://a/?token=redacted":1,"b":{"/?token=redacted":2},"https://redacted@a/":3}`,
			cut:        map[string]int64{"redacted": 3},
		},
		{
			name:       "by names of one's own",
			options:    Options{RedactQuery: []string{"session", "code", "a.b[c]"}},
			properties: `{"a":"https://a.example/?Session=1&code=2&sessions=3&a.b[c]=4","session":"stays"}`,
			want:       `{"a":"https://a.example/?Session=redacted&code=redacted&sessions=3&a.b[c]=redacted","session":"stays"}`,
			cut:        map[string]int64{"redacted": 1},
		},
		{
			name:       "not in text that is no URL",
			properties: `{"a":"is it this? token=abc","b":"token=abc","c":"a?b","d":"https://a.example/?token=","e":"https://a.example/?token"}`,
			want:       `{"a":"is it this? token=abc","b":"token=abc","c":"a?b","d":"https://a.example/?token=","e":"https://a.example/?token"}`,
		},
	} {
		c.run(t)
	}
}
