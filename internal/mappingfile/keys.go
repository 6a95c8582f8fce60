package mappingfile

import (
	"cmp"
	"maps"
	"strings"
)

// object is a mapping whose keys have a meaning. Reading, suggestions and the schema all follow from it.
type object[T any] struct {
	what  string // in errors
	does  string
	keys  []key[T]
	other map[string]string // what people write for keys that are called something else
	check func(r *reader, n *node, to *T)
}

// key is one key of an object.
type key[T any] struct {
	name     string
	does     string
	required bool
	mayBeNil bool   // what nothing follows says nothing: all below it may be in comments
	schema   schema // of the value, without the description
	read     func(r *reader, n *node, to *T)
}

// read reads a mapping.
func (o *object[T]) read(r *reader, n *node, to *T) {
	if n.kind != isMapping {
		r.wrong(n, o.what, "a mapping with the keys "+strings.Join(o.names(), ", "))
		return
	}
	before := r.found()
	seen := map[string]bool{}
	empty := pair{} // the last key that has no value and takes others' names
	for _, p := range r.unique(n) {
		k := o.key(p.key.text)
		if k == nil && empty.key != nil && p.key.at.Column == empty.key.at.Column {
			r.errorf(p.key.at, "%s has no key %s", o.what, shown(p.key.text)).hinted("indent it: what belongs to %s begins further to the right", empty.key.text)
			continue
		}
		empty = pair{}
		if k == nil {
			seen[o.unknown(r, p)] = true
			continue
		}
		if p.value.kind == isNull && k.takesNames() {
			empty = p
		}
		seen[k.name] = true
		if p.value.kind == isNull && k.mayBeNil {
			continue
		}
		if p.value.kind == isNull {
			r.errorf(p.key.at, "%s has no value", k.name)
			continue
		}
		k.read(r, p.value, to)
	}
	for _, k := range o.keys {
		if k.required && !seen[k.name] {
			r.errorf(n.at, "%s has no %s", o.what, k.name)
		}
	}
	if o.check != nil && r.found() == before {
		o.check(r, n, to)
	}
}

func (o *object[T]) key(name string) *key[T] {
	for i := range o.keys {
		if o.keys[i].name == name {
			return &o.keys[i]
		}
	}
	return nil
}

// takesNames reports whether the key's value is a mapping of names that are not ours.
func (k *key[T]) takesNames() bool { return k.name == "settings" || k.schema["type"] == "object" }

func (o *object[T]) names() []string {
	var names []string
	for _, k := range o.keys {
		names = append(names, k.name)
	}
	return names
}

// unknown reports a key that the object does not have, and returns the one that was probably meant.
func (o *object[T]) unknown(r *reader, p pair) (meant string) {
	e := r.errorf(p.key.at, "%s has no key %s", o.what, shown(p.key.text))
	name := strings.ReplaceAll(strings.ToLower(p.key.text), "_", "-")
	if meant = cmp.Or(o.other[name], nearest(name, o.names())); meant != "" {
		e.Hint = "did you mean " + meant + "?"
	} else {
		e.Hint = "the keys are " + strings.Join(o.names(), ", ")
	}
	return meant
}

// schema returns the schema of an object.
func (o *object[T]) schema() schema {
	properties := schema{}
	var required []string
	for _, k := range o.keys {
		one := schema{"description": k.does}
		maps.Copy(one, k.schema)
		if k.mayBeNil {
			one["type"] = []any{one["type"], "null"}
		}
		properties[k.name] = one
		if k.required {
			required = append(required, k.name)
		}
	}
	s := schema{"type": "object", "description": o.does, "properties": properties, "additionalProperties": false}
	if required != nil {
		s["required"] = required
	}
	return s
}

// listOf returns the schema of a list of objects.
func listOf[T any](o *object[T]) schema { return schema{"type": "array", "items": o.schema()} }

// unique returns the pairs of a mapping, and reports names that it has twice.
func (r *reader) unique(n *node) []pair {
	lines := map[string]int{}
	pairs := make([]pair, 0, len(n.pairs))
	for _, p := range n.pairs {
		if line := lines[p.key.text]; line > 0 {
			r.errorf(p.key.at, "%s is there twice", shown(p.key.text)).hinted("the first is in line %d", line)
			continue
		}
		lines[p.key.text] = p.key.at.Line
		pairs = append(pairs, p)
	}
	return pairs
}
