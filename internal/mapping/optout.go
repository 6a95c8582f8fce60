package mapping

import (
	"bytes"
	"strconv"

	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
)

const (
	// unsubscribed is Customer.io's attribute of somebody who wants no messages (Track API reference).
	unsubscribed = "unsubscribed"
	// WorkflowsOptOut is a person property of the same meaning, named as the event of PostHog's workflows.
	WorkflowsOptOut = posthog.Unsubscribed
)

// isTrue reports whether a JSON value is true in any spelling that Customer.io knows: true and 1, also as
// text and in any case (Track API reference, unsubscribed).
func isTrue(value []byte) bool {
	if value[0] == '"' {
		text, _ := rawjson.AppendUnescaped(nil, value[1:len(value)-1])
		value = bytes.TrimSpace(text)
	}
	if bytes.EqualFold(value, []byte("true")) {
		return true
	}
	number, err := strconv.ParseFloat(string(value), 64)
	return err == nil && number == 1
}

// unsubscribes reports whether the attributes say that the person wants no messages.
func unsubscribes(a *attributes) bool {
	for _, member := range a.list() {
		if string(nameOf(a.json, member)) == unsubscribed {
			return isTrue(a.json[member.ValueStart:member.ValueEnd])
		}
	}
	return false
}

// optOut makes sure that the attributes, which are not closed yet, say that the person wants no messages.
func optOut(a *attributes) {
	if unsubscribes(a) {
		return
	}
	members := a.list()
	gone := make([]bool, len(members))
	for i, member := range members {
		gone[i] = string(nameOf(a.json, member)) == unsubscribed
	}
	a.remove(members, gone)
	a.json = a.json[:len(a.json)-len("}")]
	if len(a.json) > len("{") {
		a.json = append(a.json, ',')
	}
	a.json = append(a.json, `"`+unsubscribed+`":true,`...)
}
