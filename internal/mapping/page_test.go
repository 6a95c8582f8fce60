package mapping

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/customerio"
)

func TestPageName(t *testing.T) {
	t.Parallel()
	full := `{"$current_url":"https://a.example/docs/start?x=1#top","$pathname":"/docs/start","title":"Start here"}`
	noTitle := `{"$current_url":"https://a.example/docs/start?x=1#top","$pathname":"/docs/start","title":null}`
	onlyURL := `{"$current_url":"https://a.example/docs/start?x=1#top"}`
	onlyTitle := `{"title":" Start here "}`
	path96 := "/" + strings.Repeat("p", 95)
	for _, test := range []struct {
		by, properties, want string
		cut                  int64
	}{
		{"", full, "https://a.example/docs/start?x=1#top", 0},
		{"url", full, "https://a.example/docs/start?x=1#top", 0},
		{"url-no-query", full, "https://a.example/docs/start", 0},
		{"path", full, "/docs/start", 0},
		{"title", full, "Start here", 0},

		{"title", noTitle, "https://a.example/docs/start", 0},
		{"title", `{"$pathname":"/docs"}`, "/docs", 0},
		{"path", onlyURL, "/docs/start", 0},
		{"path", `{"$current_url":"https://a.example"}`, "/", 0},
		{"path", `{"$current_url":"about:blank"}`, "about:blank", 0},
		{"url", `{"$pathname":"/docs","title":"Start"}`, "/docs", 0},
		{"url", onlyTitle, "Start here", 0},
		{"url-no-query", onlyTitle, "Start here", 0},
		{"path", onlyTitle, "Start here", 0},
		{"url-no-query", `{"$current_url":"?a=1","$pathname":"/docs"}`, "/docs", 0},

		{"url", `{}`, "unknown", 0},
		{"title", `{"$current_url":"","$pathname":null,"title":7}`, "unknown", 0},
		{"path", `{"$current_url":"  "}`, "unknown", 0},

		// 100 bytes fit; one more takes the query away, and what is then too long is cut.
		{"url", `{"$current_url":"` + path96 + `?x=1"}`, path96 + "?x=1", 0},
		{"url", `{"$current_url":"` + path96 + `?x=12"}`, path96, 1},
		{"url", `{"$current_url":"` + path96 + `#x=12"}`, path96, 1},
		{"url", `{"$current_url":"` + path96 + `ppppp?x=1"}`, path96 + "pppp", 1},
		{"url-no-query", `{"$current_url":"` + path96 + `pppéx?x=1"}`, path96 + "ppp", 1},
		{"path", `{"$pathname":"` + path96 + `pppp€"}`, path96 + "pppp", 1},
		{"title", `{"title":"` + path96 + `ppp x? y"}`, path96 + "ppp", 1},
		{"title", `{"title":"What? Why?"}`, "What? Why?", 0},

		{"url", `{"$current_url":"https://a.example/\u00e9?q=\u0022"}`, `https://a.example/é?q="`, 0},
	} {
		m := newRules(t, Options{PageName: test.by}).NewMapper(newSomebody(``))
		op := send(t, m, row("$pageview", test.properties))
		if op.Name != test.want || op.Action != customerio.Page {
			t.Errorf("--page-name %s of %s: %s %q, want page %q", test.by, test.properties, op.Action, op.Name, test.want)
		}
		if got := m.ValuesCut["page_name"]; got != test.cut {
			t.Errorf("--page-name %s of %s: %d names cut, want %d", test.by, test.properties, got, test.cut)
		}
	}
}

// A page or screen that has no name is called unknown, which is counted, unless it goes by its event's name.
func TestMadeUpNames(t *testing.T) {
	t.Parallel()
	byEvent := Options{PageName: "event", ScreenName: "event"}
	for _, test := range []struct {
		options          Options
		event, row, want string
		madeUp           int64
	}{
		{Options{}, "$pageview", `{}`, "unknown", 1},
		{Options{PageName: "title"}, "$pageview", `{"title":""}`, "unknown", 1},
		{Options{}, "$pageview", `{"$pathname":"/pricing"}`, "/pricing", 0},
		{Options{}, "$pageview", `{"$pathname":"unknown"}`, "unknown", 0},
		{Options{}, "$screen", `{}`, "unknown", 1},
		{Options{}, "$screen", `{"$screen_name":42}`, "unknown", 1},
		{Options{}, "$screen", `{"$screen_name":" Home "}`, "Home", 0},
		{Options{ScreenName: "name"}, "$screen", `{}`, "unknown", 1},
		{byEvent, "$pageview", `{"$current_url":"https://a.example"}`, "$pageview", 0},
		{byEvent, "$pageview", `{}`, "$pageview", 0},
		{byEvent, " $screen", `{"$screen_name":"Home"}`, "$screen", 0},
		{byEvent, "$screen", `{}`, "$screen", 0},
	} {
		m := newRules(t, test.options).NewMapper(newSomebody(``))
		op := send(t, m, row(test.event, test.row))
		if op.Name != test.want || m.ValuesCut[MadeUpNames] != test.madeUp {
			t.Errorf("%s %s is named %q, %v", test.event, test.row, op.Name, m.ValuesCut)
		}
	}
	for _, o := range []Options{{ScreenName: "title"}, {PageName: "name"}} {
		o.Now = runNow
		if _, err := New(o); err == nil || !strings.Contains(err.Error(), "event") {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

func TestPageAttributes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name       string
		options    Options
		properties string
		want       string
		cut        map[string]int64
	}{
		{
			name:       "PostHog's properties under both names",
			properties: `{"$current_url":"https://a.example/b?c=d","$pathname":"/b","title":"B","$referrer":"$direct","plan":"pro"}`,
			want:       `{"$current_url":"https://a.example/b?c=d","$pathname":"/b","$referrer":"$direct","plan":"pro","url":"https://a.example/b?c=d","path":"/b","title":"B","referrer":"$direct"}`,
		},
		{
			name:       "PostHog's win over a customer's own",
			properties: `{"url":"mine","path":"mine","referrer":null,"title":"B","$current_url":"https://a.example","$pathname":"","$referrer":""}`,
			want:       `{"$current_url":"https://a.example","$pathname":"","$referrer":"","url":"https://a.example","path":"mine","title":"B"}`,
		},
		{
			name:       "always set, also without the properties themselves",
			options:    Options{Properties: "custom", DropProperties: []string{"$referrer"}},
			properties: `{"$current_url":"https://a.example","$referrer":"$direct"}`,
			want:       `{"$current_url":"https://a.example","url":"https://a.example"}`,
		},
		{
			name:       "dropped by Customer.io's name",
			options:    Options{DropProperties: []string{"url"}},
			properties: `{"$current_url":"https://a.example","url":"mine"}`,
			want:       `{"$current_url":"https://a.example"}`,
		},
		{
			name:       "set by template",
			options:    Options{EventAttributes: []string{"url=here", "title={event.properties.title}!"}},
			properties: `{"$current_url":"https://a.example","title":"B"}`,
			want:       `{"$current_url":"https://a.example","url":"here","title":"B!"}`,
		},
		{
			name:       "a secret is counted once",
			properties: `{"$current_url":"https://a.example/?token=x"}`,
			want:       `{"$current_url":"https://a.example/?token=redacted","url":"https://a.example/?token=redacted"}`,
			cut:        map[string]int64{"redacted": 1},
		},
		{
			name:       "a limit holds for the attributes, not for the name",
			options:    Options{EventValueLimit: 12},
			properties: `{"$current_url":"https://a.example","url":1234567890123}`,
			want:       `{"$current_url":"https://a.ex","url":"https://a.ex"}`,
			cut:        map[string]int64{"event_value_too_long": 3},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			m := newRules(t, test.options).NewMapper(newSomebody(``))
			op := send(t, m, row("$pageview", test.properties))
			if diff := cmp.Diff(test.want, string(op.Attributes)); diff != "" {
				t.Errorf("attributes (-want +got):\n%s", diff)
			}
			if test.cut == nil {
				test.cut = map[string]int64{}
			}
			if diff := cmp.Diff(test.cut, m.ValuesCut); diff != "" {
				t.Errorf("values cut (-want +got):\n%s", diff)
			}
			if strings.Contains(op.Name, "token=x") || strings.HasSuffix(op.Name, "a.ex") {
				t.Errorf("name %q", op.Name)
			}
		})
	}
}

func TestOtherEventsKeepTheirOwnURL(t *testing.T) {
	t.Parallel()
	m := newRules(t, Options{}).NewMapper(newSomebody(``))
	send(t, m, row("$pageview", `{"$current_url":"https://a.example"}`)) // what it leaves behind must not matter
	op := send(t, m, row("clicked", `{"url":"mine","$current_url":"https://b.example","title":"B"}`))
	if got, want := string(op.Attributes), `{"url":"mine","$current_url":"https://b.example","title":"B"}`; got != want {
		t.Errorf("attributes %s, want %s", got, want)
	}
	if op := send(t, m, row("$pageview", `{}`)); op.Name != "unknown" {
		t.Errorf("a page without properties is named %q", op.Name)
	}
}

func TestScreen(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ properties, name, attributes string }{
		{`{"$screen_name":"Home","tab":1}`, "Home", `{"$screen_name":"Home","tab":1}`},
		{`{"$screen_name":"open https:\/\/a.example/?token=abc now"}`, "open https://a.example/?token=redacted now", `{"$screen_name":"open https://a.example/?token=redacted now"}`},
		{`{"$screen_name":""}`, "unknown", `{"$screen_name":""}`},
		{`{"url":"x"}`, "unknown", `{"url":"x"}`},
		{`{"$screen_name":"` + strings.Repeat("é", 51) + `"}`, strings.Repeat("é", 50), `{"$screen_name":"` + strings.Repeat("é", 51) + `"}`},
	} {
		m := newRules(t, Options{}).NewMapper(newSomebody(``))
		op := send(t, m, row("$screen", test.properties))
		if op.Action != customerio.Screen || op.Name != test.name || string(op.Attributes) != test.attributes {
			t.Errorf("%s becomes %s %q %s", test.properties, op.Action, op.Name, op.Attributes)
		}
	}
}

func FuzzPageName(f *testing.F) {
	f.Add("https://a.example/b?token=x#y", "/b", "B", uint8(0))
	f.Add(strings.Repeat("é", 60), "", "\x00\xff", uint8(3))
	f.Add("0 #", "0", "0", uint8(1)) // was named "0 ", with the space
	f.Fuzz(func(t *testing.T, url, path, title string, by uint8) {
		name := []string{"url", "url-no-query", "path", "title"}[by%4]
		properties := `{"$current_url":` + quoted(url) + `,"$pathname":` + quoted(path) + `,"title":` + quoted(title) + `}`
		m := newRules(t, Options{PageName: name}).NewMapper(newSomebody(``))
		op := send(t, m, row("$pageview", properties))
		if len(op.Name) > customerio.MaxEventName || op.Name == "" || op.Name != strings.TrimSpace(op.Name) || !utf8.ValidString(op.Name) {
			t.Errorf("--page-name %s of %s is %q", name, properties, op.Name)
		}
	})
}

// quoted encodes any bytes as a JSON string, without mending them.
func quoted(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ':
			b.WriteString(`\u00` + strconv.FormatInt(int64(c>>4), 16) + strconv.FormatInt(int64(c&15), 16))
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

func TestQuoted(t *testing.T) {
	t.Parallel()
	var got string
	if err := json.Unmarshal([]byte(quoted("a\"\\\x00\x1fé")), &got); err != nil || got != "a\"\\\x00\x1fé" {
		t.Errorf("%q, %v", got, err)
	}
}
