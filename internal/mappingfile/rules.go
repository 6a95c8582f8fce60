package mappingfile

import (
	"path"
	"strings"
)

// fileKeys are the keys of the file itself.
var fileKeys = object[File]{
	what: "a mapping file",
	does: "How ph2cio turns PostHog's events and people into Customer.io's.",
	keys: []key[File]{
		{
			name: "settings", mayBeNil: true, does: "What flags say, under their names without --. A flag on the command line, an environment variable and .env win over it.",
			read: (*reader).settings,
		},
		{
			name: "test-accounts", mayBeNil: true, does: "PostHog's test-account filters, in the same words (Settings > Project > Filter out internal and test users). A row is sent only if all of them match.",
			schema: listOf(&filterKeys),
			read: func(r *reader, n *node, to *File) {
				if n.kind == isList && len(n.items) > maxFilters {
					r.errorf(n.at, "test-accounts has more than %d filters", maxFilters)
					return
				}
				to.TestAccounts = elements(r, n, "test-accounts", "filters", &filterKeys, func(f *Filter, at Position) { f.At = at })
			},
		},
		{
			name: "rules", mayBeNil: true, does: "What becomes of events. All rules whose events and conditions match act, in this order.",
			schema: listOf(&ruleKeys),
			read: func(r *reader, n *node, to *File) {
				to.Rules = elements(r, n, "rules", "rules", &ruleKeys, func(one *Rule, at Position) { one.At = at })
			},
		},
		{
			name: "tests", mayBeNil: true, does: "Examples that show what becomes of rows, which ph2cio mapping test runs.",
			schema: listOf(&testKeys),
			read: func(r *reader, n *node, to *File) {
				to.Tests = elements(r, n, "tests", "tests", &testKeys, func(one *Test, at Position) { one.At = at })
			},
		},
	},
	other: map[string]string{"flags": "settings", "options": "settings", "config": "settings", "filters": "test-accounts", "mappings": "rules", "mapping": "rules", "events": "rules", "examples": "tests"},
}

// elements reads a list of mappings.
func elements[T any](r *reader, n *node, what, of string, keys *object[T], place func(*T, Position)) (all []T) {
	for _, item := range r.list(n, what, of) {
		var one T
		place(&one, item.at)
		keys.read(r, item, &one)
		all = append(all, one)
	}
	return all
}

// ruleKeys are the keys of a rule.
var ruleKeys = object[Rule]{
	what: "a rule",
	does: "What becomes of the events that it matches.",
	keys: []key[Rule]{
		{
			name: "events", required: true, schema: textOrList("signed_up", "order_*"),
			does: "The names of events, or globs: * matches any text, ? one character, [a-z] one of these, \\ takes the next character as it is.",
			read: func(r *reader, n *node, to *Rule) {
				for _, item := range r.texts(n, "events", "a name", "a name or a list of names") {
					if _, err := path.Match(item.text, ""); err != nil {
						r.errorf(item.at, "%s is not a valid pattern", shown(item.text)).hinted(`a bracket of the name is written \[`)
					}
					if item.text == "" {
						r.errorf(item.at, "events has an empty name")
					}
					to.Events = append(to.Events, item.text)
				}
			},
		},
		{
			name: "when", schema: textLike(`properties.plan != "free" && person.properties.country == "DE"`),
			does: "A condition: an expression without braces. The rule acts where it is true.",
			read: func(r *reader, n *node, to *Rule) { to.When, to.WhenAt = r.condition(n), n.at },
		},
		{
			name: "drop", schema: schema{"const": true}, does: "Leave these events out. A rule with drop has nothing else than events and when.",
			read: func(r *reader, n *node, to *Rule) {
				if n.kind != isBool || !n.isTrue() {
					r.errorf(n.at, "drop is true, or left out").hinted("write drop: true")
				}
				to.Drop = true
			},
		},
		{
			name: "send-as", schema: schema{"enum": sendAs}, does: "What to send: an event, page or screen; person only feeds the person.",
			read: func(r *reader, n *node, to *Rule) { to.SendAs = r.oneOf(n, "send-as", sendAs) },
		},
		{
			name: "name", schema: textLike("Signed Up {properties.plan}"), does: "The name of the event, page or screen: a text with expressions in braces.",
			read: func(r *reader, n *node, to *Rule) {
				if _, ok := r.text(n, "name", "a text"); ok {
					if t, ok := r.template(n); ok {
						to.Name, to.NameAt = &t, n.at
					}
				}
			},
		},
		{
			name: "attributes", schema: values(schema{"plan": "{upper(properties.plan)}", "value": "{number(properties.amount) / 100}"}),
			does: "Attributes of the event, page or screen: texts with expressions in braces, numbers, true or false.",
			read: func(r *reader, n *node, to *Rule) { to.Attributes = r.attributes(n, "attributes") },
		},
		{
			name: "person", schema: values(schema{"lead_score": "{properties.score * 2}"}), does: "Attributes of the person, as if the row had them in $set.",
			read: func(r *reader, n *node, to *Rule) { to.Person = r.attributes(n, "person") },
		},
		{
			name: "person-once", schema: values(schema{"first_plan": "{properties.plan}"}), does: "Attributes of the person, as if the row had them in $set_once.",
			read: func(r *reader, n *node, to *Rule) { to.PersonOnce = r.attributes(n, "person-once") },
		},
		{
			name: "dates", schema: textOrList("shipped_at", "cart.items.*.shipped_at"),
			does: "Attributes of the event that become unix seconds. A dot leads into an object or a list, * stands for any name or element, and \\. is a dot of a name.",
			read: func(r *reader, n *node, to *Rule) {
				for _, item := range r.texts(n, "dates", "the name of an attribute", "the name of an attribute or a list of names") {
					to.Dates = append(to.Dates, r.path(item))
				}
			},
		},
	},
	other: map[string]string{
		"event": "events", "match": "events", "on": "events", "if": "when", "where": "when", "condition": "when", "filter": "when", "skip": "drop", "ignore": "drop", "exclude": "drop",
		"as": "send-as", "type": "send-as", "action": "send-as", "rename": "name", "rename-to": "name", "title": "name", "properties": "attributes", "set": "person", "$set": "person",
		"person-attributes": "person", "set-once": "person-once", "$set-once": "person-once", "once": "person-once", "date-attributes": "dates", "timestamps": "dates",
	},
	check: checkRule,
}

var sendAs = []string{"event", "page", "screen", "person"}

// checkRule checks what the keys of a rule say together.
func checkRule(r *reader, n *node, to *Rule) {
	ofEvent := to.Name != nil || to.Attributes != nil || to.Dates != nil
	ofPerson := to.Person != nil || to.PersonOnce != nil
	switch {
	case to.Drop && (ofEvent || ofPerson || to.SendAs != ""):
		r.errorf(n.at, "a rule with drop leaves the events out: it cannot do anything else with them")
	case to.SendAs == "person" && ofEvent:
		r.errorf(n.at, "a rule with send-as: person sends no event: it cannot have name, attributes or dates").hinted("attributes of the person are person and person-once")
	case !to.Drop && !ofEvent && !ofPerson && to.SendAs == "":
		r.errorf(n.at, "the rule does nothing").hinted("add drop: true, send-as, name, attributes, person, person-once or dates")
	}
	if ofPerson {
		checkPersonRule(r, to)
	}
}

// checkPersonRule checks a rule that sets properties of the person, who is not known yet when it acts.
func checkPersonRule(r *reader, to *Rule) {
	if to.When != nil && to.When.Uses().Person {
		r.errorf(to.WhenAt, "when looks at the person, but nobody is known yet when person and person-once act").
			hinted("let when look at properties and event.raw_distinct_id, or do the rest in a rule of its own")
	}
	for _, all := range [][]Attribute{to.Person, to.PersonOnce} {
		for i := range all {
			for _, part := range all[i].Value.Template.Parts {
				if part.Expression != nil && part.Expression.Uses().Person {
					r.errorf(part.At, "%s looks at the person, but nobody is known yet when person and person-once act", shown(all[i].Name)).
						hinted("use properties and event.raw_distinct_id")
				}
			}
		}
	}
}

// oneOf reads one of several words.
func (r *reader) oneOf(n *node, what string, words []string) string {
	list := strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
	text, ok := r.text(n, what, list)
	if !ok {
		return ""
	}
	for _, word := range words {
		if text == word {
			return word
		}
	}
	e := r.errorf(n.at, "%s is %s, not %s", what, list, shown(text))
	if meant := nearest(text, words); meant != "" {
		e.Hint = "did you mean " + meant + "?"
	}
	return ""
}

// attributes reads names with values.
func (r *reader) attributes(n *node, what string) []Attribute {
	all := []Attribute{}
	if n.kind != isMapping {
		r.wrong(n, what, "a mapping of names to values")
		return nil
	}
	if len(n.pairs) == 0 {
		r.errorf(n.at, "%s is empty", what)
	}
	for _, p := range r.unique(n) {
		if strings.TrimSpace(p.key.text) == "" {
			r.errorf(p.key.at, "%s has an empty name", what)
			continue
		}
		all = append(all, Attribute{Name: p.key.text, Value: r.value(p.value, p.key.text), At: p.key.at})
	}
	return all
}

// value reads the value of an attribute.
func (r *reader) value(n *node, name string) Value {
	v := Value{At: n.at}
	switch n.kind {
	case isText:
		v.Template, _ = r.template(n)
	case isNumber, isBool:
		v.Literal = string(r.json(nil, n))
	case isList:
		r.wrong(n, shown(name), "a text, a number, true or false").hinted("a list is written as an expression: '{[properties.a, properties.b]}'")
	default:
		r.wrong(n, shown(name), "a text, a number, true or false")
	}
	return v
}

// maxParts bounds the depth of a path.
const maxParts = 20

// path reads the path to values.
func (r *reader) path(n *node) Path {
	p := Path{Text: n.text, At: n.at}
	start := 0
	for i := 0; i <= len(n.text); i++ {
		switch {
		case i == len(n.text) || n.text[i] == '.':
			p.Parts = append(p.Parts, n.text[start:i])
			start = i + 1
		case n.text[i] == '\\':
			i++
			if i == len(n.text) {
				i--
			}
		}
	}
	for _, part := range p.Parts {
		_, err := path.Match(part, "")
		switch {
		case part == "":
			r.errorf(n.at, "%s has nothing before, between or behind dots", shown(n.text)).hinted(`a dot of a name is written \.`)
			return p
		case err != nil:
			r.errorf(n.at, "%s is not a valid pattern", shown(n.text)).hinted(`a bracket of the name is written \[`)
			return p
		}
	}
	if len(p.Parts) > maxParts {
		r.errorf(n.at, "%s leads more than %d deep", shown(n.text), maxParts)
	}
	return p
}

// testKeys are the keys of a test.
var testKeys = object[Test]{
	what: "a test",
	does: "What becomes of rows.",
	keys: []key[Test]{
		{
			name: "name", required: true, schema: textLike("a free signup is dropped"), does: "What the test shows.",
			read: func(r *reader, n *node, to *Test) { to.Name, _ = r.text(n, "name", "a text") },
		},
		{
			name: "rows", required: true, schema: jsonObjects(`{"event": "signed_up", "distinct_id": "u1", "properties": {"plan": "free"}}`),
			does: "Rows as in an export.",
			read: func(r *reader, n *node, to *Test) {
				if to.Rows = r.objects(n, "rows"); n.kind == isList && len(n.items) == 0 {
					r.errorf(n.at, "rows is empty")
				}
			},
		},
		{
			name: "operations", required: true, schema: jsonObjects(), does: "What is sent, as ph2cio preview prints it; [] if nothing is.",
			read: func(r *reader, n *node, to *Test) { to.Operations = r.objects(n, "operations") },
		},
	},
	other: map[string]string{"row": "rows", "input": "rows", "events": "rows", "in": "rows", "output": "operations", "out": "operations", "expect": "operations", "expected": "operations", "operation": "operations"},
}
