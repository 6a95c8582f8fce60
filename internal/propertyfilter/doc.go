// Package propertyfilter compares properties as PostHog's property filters do, such as those of its setting
// "Filter out internal and test users".
//
// The operators mean what they mean in PostHog's queries. Where those leave a choice, the package decides:
//
//	exact, is_not              the same text, in the same case. A property that is a number is also compared
//	                           as a number: 5 is 5.0. true and false are texts too
//	icontains, not_icontains   a part of the text, in whatever case
//	regex, not_regex           a pattern in RE2's syntax that matches anywhere; . matches line breaks too
//	gt, gte, lt, lte           numbers, also those written as texts. If the value of the filter is no number,
//	                           texts in the order of their bytes
//	between, not_between       numbers, with both ends
//	is_set, is_not_set         whether there is a value. An empty text is one
//	is_date_exact and others   times; a date is its first moment
//
// Of several values one must match, and none for an operator with not. null is no value. An operator with not
// matches exactly what its counterpart does not, and so it matches if there is no value. All others do not
// match then.
//
// Lists and objects are texts: their JSON.
//
// # Sources
//
// PostHog builds queries from filters in posthog/hogql/property.py (_expr_to_compare_op, property_to_expr)
// and turns NULL into false, and into true for negated operators, in
// posthog/hogql/transforms/clickhouse_null_semantics.py. not_icontains with several values and not_between
// follow this rule since github.com/PostHog/posthog/pull/91418, of August 2026. That a pattern's . matches
// line breaks is ClickHouse's default (pgxn.org/dist/re2, which has the same functions for Postgres).
// posthog.com/docs/data/property-filters lists the operators.
//
// UNVERIFIED, because it depends on what a project knows of a property and an export does not have that:
// PostHog compares by the type that it has once detected for a property, and not by that of the value. So a
// text "5.0" of a numeric property is exactly 5 there, and here it is not. Of some properties, those with a
// column of their own, PostHog takes an empty text and the text null for no value.
//
// Decided otherwise on purpose: in a single value of icontains, % and _ stand for themselves, as in PostHog's
// feature flags; its queries take them for wildcards. Escapes in texts are decoded; its queries see them
// undecoded. Times without a zone are in UTC; PostHog takes the zone of the project.
package propertyfilter
