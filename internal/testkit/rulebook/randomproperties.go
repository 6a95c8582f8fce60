package rulebook

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

var propertyKeys = []string{"email", "plan", "seats", "name"}

// someProperties returns an object, or none, with a chance in percent.
func (w *world) someProperties(percent int) string {
	if !w.chance(percent) {
		return ""
	}
	var keys []string
	for range w.IntN(4) {
		keys = append(keys, one(w, propertyKeys)) // now and then one twice
	}
	return w.object(keys...)
}

func (w *world) object(keys ...string) string {
	members := make([]string, len(keys))
	for i, key := range keys {
		members[i] = fmt.Sprintf("%q:%s", key, w.value(key))
	}
	return "{" + strings.Join(members, ",") + "}"
}

func (w *world) value(key string) string {
	switch {
	case w.chance(12):
		return "null"
	case w.chance(5):
		return fmt.Sprint(w.IntN(3))
	case key == "email":
		return fmt.Sprintf("%q", one(w, []string{"", "", "", " "})+one(w, w.emails))
	case key == "seats":
		return fmt.Sprint(w.IntN(4))
	default:
		return fmt.Sprintf("%q", fmt.Sprint(key, w.IntN(3)))
	}
}

// written returns properties as an object, with its keys in order.
func written(properties map[string]string) string {
	var members []string
	for _, key := range slices.Sorted(maps.Keys(properties)) {
		members = append(members, fmt.Sprintf("%q:%s", key, properties[key]))
	}
	return "{" + strings.Join(members, ",") + "}"
}
