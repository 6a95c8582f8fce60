package mappingfile

import (
	"regexp"
	"strings"
)

// maxFilters and maxPattern bound the time that it takes to compile patterns, and to run them for each row.
const (
	maxFilters = 100
	maxPattern = 1000 // bytes
)

// filterKeys are the keys of a test-account filter, in PostHog's words.
var filterKeys = object[Filter]{
	what: "a filter of test-accounts",
	does: "A row is sent only if this holds.",
	keys: []key[Filter]{
		{
			name: "key", required: true, schema: textLike("email"), does: "The name of the property.",
			read: (*reader).filterKey,
		},
		{
			name: "type", schema: schema{"enum": filterTypes, "default": "event"}, does: "Whose property it is.",
			read: func(r *reader, n *node, to *Filter) {
				if why := otherTypes[n.text]; n.kind == isText && why != "" {
					r.errorf(n.at, "filters of the type %s are not supported: %s", n.text, why)
					return
				}
				to.Type = r.oneOf(n, "type", filterTypes)
			},
		},
		{
			name: "operator", schema: schema{"enum": operators(), "default": "exact"}, does: "How the property is compared.",
			read: func(r *reader, n *node, to *Filter) { to.Operator = r.oneOf(n, "operator", operators()) },
		},
		{
			name: "value", schema: schema{"anyOf": []any{scalarSchema, schema{"type": "array", "items": scalarSchema}}, "examples": []any{"@ourcompany.com"}},
			does: "What it is compared with. Of a list one must match, or none for an operator with not.",
			read: func(r *reader, n *node, to *Filter) { to.Values = r.scalars(n, "value") },
		},
	},
	other: map[string]string{"property": "key", "name": "key", "op": "operator", "values": "value"},
	check: checkFilter,
}

var filterTypes = []string{"event", "person"}

// otherTypes are types of filters that PostHog has, with why they cannot be used.
var otherTypes = map[string]string{
	"cohort": "an export does not say who is in a cohort", "static-cohort": "an export does not say who is in a cohort",
	"group": "an export has no groups' properties", "element": "use when in a rule", "session": "an export has no sessions' properties",
	"hogql": "write it as when in a rule", "feature": "use event, and a key such as $feature/NAME", "event_metadata": "use when in a rule",
}

// filterOperators are the operators that a filter can have, with the number of values: 0, 1, 2, or -1 for any
// but none.
var filterOperators = []struct {
	name   string
	values int
}{
	{"exact", -1}, {"is_not", -1}, {"icontains", -1}, {"not_icontains", -1}, {"regex", 1}, {"not_regex", 1},
	{"gt", 1}, {"gte", 1}, {"lt", 1}, {"lte", 1}, {"between", 2}, {"not_between", 2}, {"is_set", 0}, {"is_not_set", 0},
	{"is_date_exact", 1}, {"is_date_before", 1}, {"is_date_after", 1},
}

// asExpression matches a property that is named as in an expression.
var asExpression = regexp.MustCompile(`^\{?\s*(?:(event|person)\.)?properties\.([^{}\s]+)\s*\}?$`)

// filterKey reads the name of a filter's property.
func (r *reader) filterKey(n *node, to *Filter) {
	named := n.text
	if n.kind == isMapping {
		named = r.braces(n)
	}
	of := asExpression.FindStringSubmatch(named)
	if of == nil || !strings.HasPrefix(named, "{") && of[1] == "" {
		to.Key, _ = r.text(n, "key", "the name of a property")
		return
	}
	hint := "write key: " + of[2]
	if of[1] == "person" {
		hint += ", type: person"
	}
	r.errorf(n.at, "key is the name of a property, not an expression").Hint = hint
}

func operators() (names []string) {
	for _, o := range filterOperators {
		names = append(names, o.name)
	}
	return names
}

// relativeDate matches dates that PostHog counts from now, such as -7d.
var relativeDate = regexp.MustCompile(`^-\d`)

func checkFilter(r *reader, n *node, to *Filter) {
	if to.Type == "" {
		to.Type = "event"
	}
	if to.Operator == "" {
		to.Operator = "exact"
	}
	if to.Key == "" {
		r.errorf(n.at, "key is empty")
	}
	for _, o := range filterOperators {
		switch {
		case o.name != to.Operator:
		case o.values == 0:
			to.Values = nil // PostHog repeats the operator there
		case o.values < 0 && len(to.Values) == 0:
			r.errorf(n.at, "%s needs a value", to.Operator)
		case o.values > 0 && len(to.Values) != o.values:
			r.errorf(n.at, "%s needs %d value%s, not %d", to.Operator, o.values, plural(o.values), len(to.Values))
		}
	}
	for _, value := range to.Values {
		switch {
		case !strings.HasSuffix(to.Operator, "regex"):
		case len(value) > maxPattern:
			r.errorf(n.at, "the pattern has more than %d bytes", maxPattern)
		default:
			if _, err := regexp.Compile(value); err != nil {
				r.errorf(n.at, "%s is not a valid pattern: %v", shown(value), err)
			}
		}
		if strings.HasPrefix(to.Operator, "is_date") && relativeDate.MatchString(value) {
			r.errorf(n.at, "%s is another date each day", value).hinted("write a date such as 2026-03-01")
		}
	}
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}
