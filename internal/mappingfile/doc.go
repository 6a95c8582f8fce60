// Package mappingfile reads mapping files, which say in YAML what becomes of PostHog's events and people:
//
//	settings:
//	  page-name: title
//	test-accounts:
//	  - {key: email, type: person, operator: not_icontains, value: "@ourcompany.com"}
//	rules:
//	  - events: signed_up
//	    when: properties.plan != "free"
//	    name: Signed Up
//	    attributes: {plan: '{upper(properties.plan)}'}
//	tests:
//	  - name: a free signup keeps its name
//	    rows: [{event: signed_up, distinct_id: u1, properties: {plan: free}}]
//	    operations: []
//
// It knows the form of the file and the language of its expressions. What flags mean, and what rules do to
// events, others know.
//
// Read reports all mistakes of a file, each with its line and column. Within expressions too: the place is
// that of the character in the file, also in texts with escapes or of several lines.
//
// # YAML
//
// Scalars are those of YAML 1.2's core schema: yes, no and dates are texts. Anchors and aliases work; tags,
// directives, merge keys (<<), keys with ? and several documents are errors, and so is a key that comes
// twice. The size of a file, its depth and what aliases repeat have limits, so that nobody can make reading
// slow.
//
// A text that begins with { must be in quotes, since YAML takes it for a mapping.
//
// # Files
//
// A file uses only what lies in its own line or above:
//
//	error, text, node, scalar  errors and places, the text of a file, its values
//	template, suggest          texts with expressions in braces, what was probably meant
//	quotes                     how texts are written whose quotes are missing or wrong
//	tokens, yaml               the YAML parser, and what it may see
//	places                     where the characters of a scalar stand
//	schema                     parts of JSON schemas
//	reader, keys               reading values, and mappings whose keys have a meaning
//	file                       what a file says
//	settings, filters, rules   its keys
//	read, write, yamlout       reading a file; a file as JSON, and its hash; a file as YAML for people
//	editors, init              the schema for editors, and a new file
package mappingfile
