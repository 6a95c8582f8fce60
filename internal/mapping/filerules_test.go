package mapping

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ph2cio/internal/customerio"
	"ph2cio/internal/mappingfile"
	"ph2cio/internal/posthog"
)

// withFile returns options with a mapping file.
func withFile(t rapid.TB, text string, o Options) Options {
	t.Helper()
	file, err := mappingfile.Read([]byte(text), "mapping.yaml")
	if err != nil {
		t.Fatal(err)
	}
	o.File = file
	return o
}

// ruledMapper returns a mapper by the rules of a mapping file, for a person of the plan "pro".
func ruledMapper(t testing.TB, rules string, o Options) *Mapper {
	t.Helper()
	return newRules(t, withFile(t, "rules:\n"+rules, o)).NewMapper(newSomebody(`{"plan":"pro","$os":"Mac"}`))
}

// outcomes maps rows of some properties, one for each name, and tells what becomes of them.
func outcomes(m *Mapper, properties string, names ...string) string {
	var told []string
	for _, name := range names {
		_, _, o := m.Event(nil, row(name, properties))
		one := string(o.Action)
		switch {
		case o.Bucket == FeedsPerson:
			one = "person"
		case o.Bucket != Send:
			one = o.Reason
		}
		told = append(told, one)
	}
	return strings.Join(told, " ")
}

func TestRulesLeaveEventsOut(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		rules, properties string
		names             []string
		want              string
	}{
		{"- {events: [debug, lib_*, a/*], drop: true}", `{}`, []string{"debug", " debug ", "lib_x/y", "a/b/c", "debugs"}, "by_rule by_rule by_rule by_rule event"},
		{"- {events: [a?, '[xy]'], drop: true}", `{}`, []string{"ab", "a", "x", "z"}, "by_rule event by_rule event"},
		{"- {events: '*', when: properties.plan == 'free', drop: true}", `{"plan":"free"}`, []string{"a", "$pageview"}, "by_rule by_rule"},
		{"- {events: '*', when: properties.plan == 'free', drop: true}", `{"plan":"pro"}`, []string{"a", "$pageview"}, "event page"},
		{"- {events: '*', when: person.properties.plan == 'pro', drop: true}", `{}`, []string{"a"}, "by_rule"},
		{"- {events: '*', when: person.properties.plan == 'free', drop: true}", `{}`, []string{"a"}, "event"},
		{"- {events: '*', when: event.distinct_id == 'user_1001', drop: true}", `{}`, []string{"a"}, "by_rule"},
		{"- {events: '*', drop: true}", `{}`, []string{"$identify", "$set", "$unset", "$create_alias", "$groupidentify", "$autocapture"}, "person person person person group noise"},
	} {
		if got := outcomes(ruledMapper(t, test.rules, Options{}), test.properties, test.names...); got != test.want {
			t.Errorf("%s: %s become %s, not %s", test.rules, test.names, got, test.want)
		}
	}
}

// TestDropsAreDecidedEarly: what does not need the person is decided in the first pass, what needs them is
// not.
func TestDropsAreDecidedEarly(t *testing.T) {
	t.Parallel()
	for rule, want := range map[string]Outcome{
		"- {events: a, drop: true}":                                             skipped(ReasonByRule),
		"- {events: a, when: properties.x == 1, drop: true}":                    skipped(ReasonByRule),
		"- {events: a, when: event.timestamp == 1772615727, drop: true}":        skipped(ReasonByRule),
		"- {events: a, when: event.uuid startsWith '019cb821', drop: true}":     skipped(ReasonByRule),
		"- {events: a, when: person.properties.plan == 'pro', drop: true}":      {Action: customerio.Event},
		"- {events: a, when: person.properties.plan == 'pro', send-as: person}": {Action: customerio.Event},
		"- {events: a, send-as: person}":                                        {Bucket: FeedsPerson},
	} {
		r := newRules(t, withFile(t, "rules:\n"+rule, Options{}))
		if got := r.NewClassifier().Classify(row("a", `{"x":1}`)); got != want {
			t.Errorf("%s: %+v, not %+v", rule, got, want)
		}
		if filtered := strings.Contains(rule, "drop"); r.Filtered() != filtered {
			t.Errorf("%s: filtered is %t", rule, !filtered)
		}
	}
}

// TestDropsAndTimes: an event that is out of range is not the rules' to leave out, and one without a time is.
func TestDropsAndTimes(t *testing.T) {
	t.Parallel()
	r := newRules(t, withFile(t, "rules: [{events: debug, drop: true}]", Options{Since: rowTime.Add(-time.Hour), HoldRecent: true}))
	for _, test := range []struct {
		at   posthog.Time
		want string
	}{
		{known(rowTime), ReasonByRule}, {known(rowTime.Add(-2 * time.Hour)), ReasonOutOfRange}, {posthog.Time{}, ReasonByRule},
		{known(runNow.Add(-time.Hour)), ReasonByRule},
	} {
		e := row("debug", `{}`)
		e.Timestamp = test.at
		if o := r.NewClassifier().Classify(e); o.Reason != test.want {
			t.Errorf("%+v: %+v, not %s", test.at, o, test.want)
		}
	}
}

func TestRulesChangeWhatIsSent(t *testing.T) {
	t.Parallel()
	own := "- {events: [$rage*, opened], send-as: screen}"
	for _, test := range []struct {
		rules   string
		options Options
		names   []string
		want    string
	}{
		{own, Options{}, []string{"$rageclick", "opened", "$autocapture", "$identify", "$set", "$groupidentify"}, "screen screen noise person person group"},
		{own, Options{SkipEvents: []string{"$rageclick"}}, []string{"$rageclick"}, "filtered"},
		{own, Options{Events: []string{"open*"}}, []string{"$rageclick", "opened", "other"}, "noise screen filtered"},
		{own, Options{Events: []string{"[^$]*", "$pageview", "$screen"}}, []string{"$rageclick"}, "screen"},
		{"- {events: '*', send-as: event}", Options{}, []string{"$rageclick", "$pageview"}, "noise event"},
		{"- {events: $rageclick, send-as: person}", Options{}, []string{"$rageclick"}, "noise"},
		{"- {events: $rageclick, when: properties.x == 2, send-as: event}", Options{}, []string{"$rageclick"}, "noise"},
		{"- {events: $rageclick, when: person.properties.plan == 'free', send-as: event}", Options{}, []string{"$rageclick"}, "noise"},
		{"- {events: $rageclick, when: person.properties.plan == 'pro', send-as: page}", Options{}, []string{"$rageclick"}, "page"},
		{"- {events: a, send-as: person}\n- {events: a, send-as: page}", Options{}, []string{"a"}, "page"},
		{"- {events: a, send-as: page}\n- {events: a, send-as: person}", Options{}, []string{"a"}, "person"},
		{"- {events: a, send-as: person}\n- {events: a, when: person.properties.plan == 'pro', send-as: event}", Options{}, []string{"a"}, "event"},
		{"- {events: a, send-as: person}\n- {events: a, when: person.properties.plan == 'free', send-as: event}", Options{}, []string{"a"}, "person"},
		{"- {events: a, drop: true}\n- {events: a, send-as: page}", Options{}, []string{"a"}, "by_rule"},
	} {
		if got := outcomes(ruledMapper(t, test.rules, test.options), `{"x":1}`, test.names...); got != test.want {
			t.Errorf("%s: %s become %s, not %s", test.rules, test.names, got, test.want)
		}
	}
}

func TestRulesNameEvents(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", customerio.MaxEventName)
	properties := `{"plan":"a\u0000b","url":"https://a.example/?token=abc","empty":"","list":[1,{"password":"x"}],"$current_url":"https://b.example"}`
	for _, test := range []struct{ rules, event, want, cuts string }{
		{"- {events: a, name: 'A {properties.x ?? 1} of {person.properties.plan}'}", "a", "A 1 of pro", "map[]"},
		{"- {events: a, name: ' {properties.plan} '}", "a", "ab", "map[nul:1]"},
		{"- {events: a, name: '{properties.url}'}", "a", "https://a.example/?token=redacted", "map[redacted:1]"},
		{"- {events: a, name: '" + long + "'}", "a", long[:customerio.MaxEventName/2*2], "map[event_name:1]"},
		{"- {events: $screen, name: '" + long + "'}", "$screen", long[:customerio.MaxEventName/2*2], "map[page_name:1]"},
		{"- {events: a, name: first}\n- {events: a, name: '{properties.empty} '}", "a", "first", "map[]"},
		{"- {events: a, name: '{properties.none}'}", "a", "a", "map[]"},
		{"- {events: a, name: first}\n- {events: a, name: second}", "a", "second", "map[]"},
		{"- {events: a, name: 'L {properties.list}'}", "a", `L [1,{"password":"redacted"}]`, "map[redacted:1]"},
		{"- {events: a, name: '{text(properties.list)}'}", "a", `[1,{"password":"redacted"}]`, "map[redacted:1]"},
		{"- {events: $pageview, name: Home}", "$pageview", "Home", "map[]"},
		{"- {events: $screen, name: Start}", "$screen", "Start", "map[]"},
		{"- {events: $screen, send-as: event}", "$screen", "$screen", "map[made_up_names:0]"},
		{"- {events: a, send-as: page}", "a", "https://b.example", "map[]"},
		{"- {events: a, send-as: screen, name: '{event.event}s'}", "a", "as", "map[]"},
	} {
		m := ruledMapper(t, test.rules, Options{})
		e := row(test.event, properties)
		op := send(t, m, e)
		delete(m.ValuesCut, "nul_in_properties")
		cuts := map[string]int64{}
		plain := newRules(t, Options{}).NewMapper(newSomebody(""))
		send(t, plain, e)
		for kind, n := range m.ValuesCut {
			if more := n - plain.ValuesCut[kind]; more > 0 {
				cuts[kind] = more
			}
		}
		if want := strings.Replace(test.cuts, "made_up_names:0", "", 1); op.Name != test.want || fmt.Sprint(cuts) != want {
			t.Errorf("%s: the name is %q with %v, not %q with %s", test.rules, op.Name, cuts, test.want, want)
		}
		if id := EventID(e).String(); op.ID != id {
			t.Errorf("%s: the ID is %s, not %s", test.rules, op.ID, id)
		}
	}
}

func TestRulesSetAttributes(t *testing.T) {
	t.Parallel()
	properties := `{"plan":"free","n":1.50,"nil":null,"title":"T","url":"own","$current_url":"https://a.example/p","a.b":1,"secret":"s"}`
	for _, test := range []struct {
		rules, event string
		options      Options
		want         string
	}{
		{"- {events: a, attributes: {plan: '{upper(properties.plan)}', new: '{properties.n}', t: 'x{properties.n}', five: 5, yes: true}}", "a", Options{},
			`{"n":1.50,"nil":null,"title":"T","url":"own","$current_url":"https://a.example/p","a.b":1,"secret":"redacted","plan":"FREE","new":1.50,"t":"x1.50","five":5,"yes":true}`},
		{"- {events: a, attributes: {plan: '{properties.none}', n: '{properties.nil}', title: '{person.properties.plan}'}}", "a", Options{DropProperties: []string{"url", "a.b", "$*", "secret"}},
			`{"nil":null,"title":"pro"}`},
		{"- {events: a, attributes: {plan: one, x: '{1 + 1}'}}\n- {events: a, attributes: {plan: two}}", "a", Options{DropProperties: []string{"*"}},
			`{"x":2,"plan":"two"}`},
		{"- {events: a, attributes: {from: rule}}", "a", Options{DropProperties: []string{"*"}, EventAttributes: []string{"from=flag", "to=flag"}},
			`{"to":"flag","from":"rule"}`},
		{"- {events: a, attributes: {a.b: 2, password: '{properties.plan}'}}", "a", Options{Dots: "_", DropProperties: []string{"[^a]*"}},
			`{"a_b":2,"password":"redacted"}`},
		{"- {events: $pageview, attributes: {url: 'ruled', title: '{properties.none}', $current_url: u}}", "$pageview", Options{DropProperties: []string{"a.b", "secret", "n*"}},
			`{"plan":"free","url":"ruled","$current_url":"u"}`},
		{"- {events: a, attributes: {elements_chain: x}}", "a", Options{Properties: "all", DropProperties: []string{"*"}}, `{"elements_chain":"x"}`},
	} {
		e := row(test.event, properties)
		e.ElementsChain = []byte(`"button"`)
		op := send(t, ruledMapper(t, test.rules, test.options), e)
		if got := string(op.Attributes); got != test.want {
			t.Errorf("%s\ngives %s\nnot   %s", test.rules, got, test.want)
		}
		if test.event == "$pageview" && op.Name != "https://a.example/p" {
			t.Errorf("the page is called %s", op.Name)
		}
	}
}

func TestRulesConvertDates(t *testing.T) {
	t.Parallel()
	properties := `{"at":"2026-03-04T09:15:27Z","day":"2026-03-04","no":"soon","nil":null,"yes":true,"a.b":1772615727123,` +
		`"cart":{"items":[{"at":"2026-03-04","x":"2026-03-04"},{"at":1772615727.5},{"at":[1]}],"at":"2026-03-04"}}`
	for _, test := range []struct{ rules, want, cuts string }{
		{"- {events: a, dates: [at, day, nil]}",
			`"at":1772615727,"day":1772582400,"no":"soon","nil":null,"yes":true,"a.b":1772615727123,"cart":{"items":[{"at":"2026-03-04","x":"2026-03-04"},{"at":1772615727.5},{"at":[1]}],"at":"2026-03-04"}`, "map[]"},
		{`- {events: a, dates: ["a\\.b", no, "yes"]}`,
			`"at":"2026-03-04T09:15:27Z","day":"2026-03-04","no":"soon","nil":null,"yes":true,"a.b":1772615727,"cart":{"items":[{"at":"2026-03-04","x":"2026-03-04"},{"at":1772615727.5},{"at":[1]}],"at":"2026-03-04"}`, "map[not_a_date:2]"},
		{"- {events: a, dates: [cart.items.*.at]}\n- {events: a, when: properties.day != nil, dates: [cart.a*, 'd?y', cart.items.0.x]}",
			`"at":"2026-03-04T09:15:27Z","day":1772582400,"no":"soon","nil":null,"yes":true,"a.b":1772615727123,"cart":{"items":[{"at":1772582400,"x":1772582400},{"at":1772615727},{"at":[1]}],"at":1772582400}`, "map[not_a_date:1]"},
		{"- {events: a, when: properties.day == nil, dates: [at]}",
			strings.Trim(properties, "{}") + `}`, "map[]"},
		{"- {events: a, attributes: {cart: '{properties.cart.at}'}, dates: [cart]}",
			`"at":"2026-03-04T09:15:27Z","day":"2026-03-04","no":"soon","nil":null,"yes":true,"a.b":1772615727123,"cart":1772582400`, "map[]"},
	} {
		m := ruledMapper(t, test.rules, Options{})
		if got := string(send(t, m, row("a", properties)).Attributes); got != "{"+test.want+"}" || fmt.Sprint(m.ValuesCut) != test.cuts {
			t.Errorf("%s\ngives %s %v\nnot   {%s} %s", test.rules, got, m.ValuesCut, test.want, test.cuts)
		}
	}
}

func TestRulesSetPropertiesOfPeople(t *testing.T) {
	t.Parallel()
	const rules = "- {events: '*', person: {plan: '{properties.plan}', none: '{properties.none}', $tier: 3}, person-once: {first: '{event.event}'}}"
	for _, test := range []struct {
		rules     string
		options   Options
		event     *posthog.Event
		set, once string
	}{
		{rules, Options{}, row("a", `{"plan":"pro"}`), `{"plan":"pro","$tier":3}`, `{"first":"a"}`},
		{rules, Options{}, row("$autocapture", `{"plan":"pro"}`), `{"plan":"pro","$tier":3}`, `{"first":"$autocapture"}`},
		{rules, Options{}, row("$identify", `{}`), `{"$tier":3}`, `{"first":"$identify"}`},
		{rules, Options{SkipEvents: []string{"a"}}, row("a", `{}`), `{"$tier":3}`, `{"first":"a"}`},
		{rules, Options{Until: rowTime}, row("a", `{}`), `{"$tier":3}`, `{"first":"a"}`},
		{rules, Options{}, row("$groupidentify", `{}`), ``, ``},
		{rules, Options{}, row("$exception", `{}`), ``, ``},
		{rules, Options{Events: []string{"$exception"}}, row("$exception", `{}`), ``, ``},
		{"- {events: b*, person: {x: 1}}", Options{}, row("a", `{}`), ``, ``},
		{"- {events: a, when: properties.plan == 'free', person: {x: 1}}", Options{}, row("a", `{}`), ``, ``},
		{"- {events: a, drop: true}\n" + rules, Options{}, row("a", `{}`), ``, ``},
		{rules + "\n- {events: a, drop: true}", Options{}, row("a", `{}`), `{"$tier":3}`, `{"first":"a"}`},
		{"- {events: '*', when: properties.x == 1, drop: true}\n" + rules, Options{}, row("$set", `{"x":1}`), ``, ``},
		{"- {events: a, person: {x: 1}}\n- {events: a, person: {x: 2, y: 3}}", Options{}, row("a", `{}`), `{"x":1,"x":2,"y":3}`, ``},
	} {
		c := newRules(t, withFile(t, "rules:\n"+test.rules, test.options)).NewClassifier()
		c.Classify(test.event)
		if set, once := c.PersonChanges(); string(set) != test.set || string(once) != test.once {
			t.Errorf("%s: %s has %s and %s, not %s and %s", test.rules, test.event.Name, set, once, test.set, test.once)
		}
		test.event.Personless = true
		c.Classify(test.event)
		if set, once := c.PersonChanges(); set != nil || once != nil {
			t.Errorf("%s: %s without a person sets %s and %s", test.rules, test.event.Name, set, once)
		}
	}
}

// TestFailedExpressionsRejectRows: in both passes with the same words, which name a place and no value.
func TestFailedExpressionsRejectRows(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		rules string
		early bool
		want  string
	}{
		{"  - events: a\n    when: properties.amount > 3\n    drop: true", true, "mapping.yaml:3:11: "},
		{"  - events: a\n    person: {x: 1, y: 'a {properties.amount * 2}'}", true, "mapping.yaml:3:27: "},
		{"  - events: a\n    person: {x: 1}\n  - events: a\n    person-once: {y: '{properties.amount * 2}'}", true, "mapping.yaml:5:24: "},
		{"  - events: a\n    attributes: {x: '{properties.amount * 2}'}", false, "mapping.yaml:3:23: "},
		{"  - events: a\n    name: 'a {properties.amount * 2}'", false, "mapping.yaml:3:15: "},
		{"  - events: a\n    when: person.properties.plan > 3\n    drop: true", false, "mapping.yaml:3:11: "},
	} {
		m := ruledMapper(t, test.rules, Options{})
		c := m.rules.NewClassifier()
		e := row("a", `{"amount":"private"}`)
		first := c.Classify(e)
		out, _, o := m.Event([]byte("before"), e)
		if o.Bucket != Rejected || o.Reason != ReasonExpression || !strings.HasPrefix(o.Detail, test.want) || strings.Contains(o.Detail, "private") || string(out) != "before" {
			t.Errorf("%s: %+v, %q", test.rules, o, out)
		}
		if test.early && first != o || !test.early && first.Bucket != Send {
			t.Errorf("%s: %+v at first, then %+v", test.rules, first, o)
		}
		if set, once := c.PersonChanges(); set != nil || once != nil {
			t.Errorf("%s: a rejected row sets %s and %s", test.rules, set, once)
		}
		if m.acting.tally.built[0] > 0 || len(m.ValuesCut) > 0 {
			t.Errorf("%s: built %d, cut %v", test.rules, m.acting.tally.built, m.ValuesCut)
		}
	}
}

func TestRulesWithBadNames(t *testing.T) {
	t.Parallel()
	for rule, want := range map[string]string{
		"  - events: a\n    attributes: {recipient: 1}":                                    "mapping.yaml:3:18: recipient is a reserved name; to send it, add allow-reserved: [recipient] to the settings",
		"  - events: a\n    person: {cio_id: 1}":                                           "mapping.yaml:3:14: cio_id is a reserved name; to send it, add allow-reserved: [cio_id] to the settings",
		"  - events: a\n    person-once: {" + strings.Repeat("x", 151) + ": 1}":            "mapping.yaml:3:19: the name \"xxxxxxxxxxxxxxxxxxxx\"... is longer than 150 bytes",
		"  - events: a\n    attributes: {a.b: 1, a_b: 2}":                                  "mapping.yaml:3:26: the rule sets a_b twice",
		"  - events: a\n    attributes: {reply_to: 1}\n  - events: b\n    person: {_x: 1}": "mapping.yaml:3:18: reply_to is a reserved name; to send it, add allow-reserved: [reply_to] to the settings\nmapping.yaml:5:14: _x is a reserved name; to send it, add allow-reserved: [_x] to the settings",
	} {
		o := withFile(t, "rules:\n"+rule, Options{Now: runNow, Dots: "_"})
		if _, err := New(o); err == nil || err.Error() != want {
			t.Errorf("%s: %v, not %s", rule, err, want)
		}
	}
	newRules(t, withFile(t, "rules: [{events: a, attributes: {recipient: 1}}]", Options{AllowReserved: []string{"recipient"}}))
}

func TestRulesKeepWhatTheyUse(t *testing.T) {
	t.Parallel()
	keeps := func(rule, key string) bool {
		r := newRules(t, withFile(t, "rules:\n- {events: a, "+rule+"}", Options{}))
		if r.KeepPersonProperty([]byte(key)) != r.KeepsDollar() {
			t.Errorf("%s: keeps %s %t, and any %t", rule, key, !r.KeepsDollar(), r.KeepsDollar())
		}
		return r.KeepsDollar()
	}
	if !keeps("name: '{person.properties.$os}'", "$os") || !keeps("person: {$tier: 1}", "$tier") || !keeps("when: length(person.properties) > 1, drop: true", "$x") {
		t.Error("a property that a rule uses or sets is not kept")
	}
	if keeps("name: '{properties.$os}'", "$os") {
		t.Error("a property of events is kept for people")
	}
	s := newSomebody(`{"$tier":3,"$os":"Mac"}`)
	r := newRules(t, withFile(t, "rules: [{events: a, name: '{person.id}', person: {$tier: 1}}]", Options{}))
	if op := identify(t, r.NewMapper(s), s); string(op.Attributes) != `{"$tier":3}` {
		t.Errorf("a person has %s", op.Attributes)
	}
	if !r.UsesPersonID() || newRules(t, Options{}).UsesPersonID() {
		t.Error("the person's UUID is used with the rule alone")
	}
}

func TestRulesAreCounted(t *testing.T) {
	t.Parallel()
	m := ruledMapper(t, `
  - {events: a, when: properties.x == 1, name: A}
  - {events: '*', attributes: {y: 1}}
  - {events: a, when: person.properties.plan == 'pro', attributes: {z: 1}}
  - {events: a, when: properties.x == 2, drop: true}
  - {events: b, drop: true}`, Options{})
	c := m.rules.NewClassifier()
	for _, test := range []struct {
		name, properties string
		want             []int
	}{{"a", `{"x":1}`, []int{0, 1, 2}}, {"a", `{"x":2}`, []int{1, 3}}, {"b", `{}`, []int{1, 4}}, {"$identify", `{}`, nil}} {
		e := row(test.name, test.properties)
		c.Classify(e)
		m.Event(nil, e)
		if acted := append(slices.Clone(c.Acted()), m.ActedLate...); !slices.Equal(acted, test.want) {
			t.Errorf("%s %s: acted %d, not %d", test.name, test.properties, acted, test.want)
		}
	}
	if got := fmt.Sprint(c.acting.tally.matched); got != "[1 3 0 1 1]" {
		t.Errorf("the first pass counts %s", got)
	}
	if got := m.acting.tally.matched[2]; got != 1 {
		t.Errorf("the second pass counts %d", got)
	}
}

func TestSizerKnowsRules(t *testing.T) {
	t.Parallel()
	large := `{"x":"` + strings.Repeat("x", customerio.MaxItem/5) + `"}`
	for rule, want := range map[string]Fit{
		"attributes: {y: '{properties.x}'}": Fits,
		"name: '{person.properties.plan}'":  Fits,
		"attributes: {y: '{properties.x}{properties.x}{properties.x}{properties.x}{properties.x}'}": TooLarge,
		"attributes: {x: '{person.properties.plan}'}":                                               MayFit,
		"when: person.properties.plan == 'pro', attributes: {y: 1}":                                 MayFit,
		"when: properties.y == 1, attributes: {x: '{person.properties.plan}'}":                      Fits,
		"attributes: {y: '{properties.x * 2}'}":                                                     TooLarge,
		"drop: true":                                                                                Fits,
	} {
		s := newRules(t, withFile(t, "rules:\n- {events: a, "+rule+"}", Options{})).NewSizer()
		if got := s.Of(row("a", large)); got != want {
			t.Errorf("%s: %d, not %d", rule, got, want)
		}
		if got := s.Of(row("b", large)); got != Fits {
			t.Errorf("%s: another event is %d", rule, got)
		}
	}
}

const tenRules = `rules:
  - {events: '*', when: properties.$browser == "Safari" and event.event == "x", drop: true}
  - events: "*"
    name: 'Order of {lower(properties.plan)}'
    attributes:
      plan: '{properties.plan ?? person.properties.plan ?? "free"}'
      amount: '{(properties.seats ?? 0) * 100}'
      host: '{host(properties.$current_url)}'
      source: '{query(properties.$current_url, "utm_source") ?? properties.utm_source}'
      browser: '{properties.$browser == "Chrome" ? "chrome" : "other"}'
    person: {seats: '{properties.seats}', lead: '{properties.plan == "pro"}'}
    person-once: {first_page: '{properties.$pathname}'}
`

func TestRulesDoNotAllocate(t *testing.T) {
	m := newRules(t, withFile(t, tenRules+"    dates: [at, cart.items.*.at]\n", Options{})).NewMapper(newSomebody(`{"plan":"pro"}`))
	c := m.rules.NewClassifier()
	e := row("order completed", `{"cart":{"items":[{"at":"2026-03-04T09:15:27Z"},{"at":5}]},"at":"2026-03-04",`+webEvent[1:])
	e.Personless = false
	out, _, _ := m.Event(nil, e)
	if n := testing.AllocsPerRun(100, func() {
		c.Classify(e)
		c.PersonChanges()
		out, _, _ = m.Event(out[:0], e)
	}); n > 0 {
		t.Errorf("%v allocations for a row", n)
	}
}
