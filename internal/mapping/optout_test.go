package mapping

import (
	"testing"
)

func TestPeopleWhoOptedOut(t *testing.T) {
	t.Parallel()
	allow := Options{AllowReserved: []string{"unsubscribed"}}
	template := Options{AllowReserved: []string{"unsubscribed"}, PersonAttributes: []string{"unsubscribed={person.properties.out}"}}
	for _, test := range []struct {
		options    Options
		properties string
		optedOut   bool
		want       string
	}{
		{Options{}, `{"unsubscribed":true,"plan":"pro"}`, true, `{"plan":"pro"}`},
		{Options{}, `{"unsubscribed":"true"}`, true, ``},
		{Options{}, `{"unsubscribed":"TRUE"}`, true, ``},
		{Options{}, `{"unsubscribed":" True "}`, true, ``},
		{Options{}, `{"unsubscribed":"tr\u0075e"}`, true, ``},
		{Options{}, `{"unsubscribed":1}`, true, ``},
		{Options{}, `{"unsubscribed":1.0}`, true, ``},
		{Options{}, `{"unsubscribed":"1"}`, true, ``},
		{Options{}, `{"un\u0073ubscribed":true}`, true, ``},
		{Options{}, `{"unsubscribed":false}`, false, ``},
		{Options{}, `{"unsubscribed":null}`, false, ``},
		{Options{}, `{"unsubscribed":"yes"}`, false, ``},
		{Options{}, `{"unsubscribed":0}`, false, ``},
		{Options{}, `{"unsubscribed":{"a":true}}`, false, ``},
		{Options{}, `{"unsubscribed.x":true}`, false, ``},
		{Options{}, `{"plan":true}`, false, `{"plan":true}`},
		{Options{}, `{"$workflows_email_unsubscribed":true,"plan":"pro"}`, true, `{"plan":"pro"}`},
		{Options{}, `{"$workflows_email_unsubscribed":"1"}`, true, ``},
		{Options{}, `{"$workflows_email_unsubscribed":false,"unsubscribed":true}`, true, ``},
		{Options{}, `{"$workflows_email_unsubscribed":false}`, false, ``},
		{Options{PersonProperties: "all"}, `{"$workflows_email_unsubscribed":true}`, true, `{"$workflows_email_unsubscribed":true}`},

		{allow, `{"unsubscribed":"TRUE","plan":"pro"}`, false, `{"unsubscribed":"TRUE","plan":"pro"}`},
		{allow, `{"unsubscribed":false}`, false, `{"unsubscribed":false}`},
		{allow, `{"$workflows_email_unsubscribed":true,"plan":"pro"}`, false, `{"plan":"pro","unsubscribed":true}`},
		{allow, `{"$workflows_email_unsubscribed":true}`, false, `{"unsubscribed":true}`},
		{allow, `{"$workflows_email_unsubscribed":true,"unsubscribed":false,"z":1}`, false, `{"z":1,"unsubscribed":true}`},
		{allow, `{"$workflows_email_unsubscribed":true,"unsubscribed":1}`, false, `{"unsubscribed":1}`},
		{allow, `{"$workflows_email_unsubscribed":false,"plan":"pro"}`, false, `{"plan":"pro"}`},

		{template, `{"out":true,"unsubscribed":false}`, false, `{"out":true,"unsubscribed":true}`},
		{template, `{"out":false,"$workflows_email_unsubscribed":true}`, true, `{"out":false,"unsubscribed":false}`},
	} {
		s := newSomebody(test.properties)
		m := newRules(t, test.options).NewMapper(s)
		op := identify(t, m, s)
		if got := string(op.Attributes); got != test.want || m.OptedOut != test.optedOut {
			t.Errorf("%s with --allow-reserved %q: opted out %t, %s", test.properties, test.options.AllowReserved, m.OptedOut, got)
		}
		s.properties = `{}`
		if identify(t, m, s); m.OptedOut {
			t.Errorf("somebody after %s has opted out", test.properties)
		}
	}
}

// The property that says so begins with a $ and is folded all the same.
func TestTheOptOutOfWorkflowsIsFolded(t *testing.T) {
	t.Parallel()
	r := newRules(t, Options{})
	if !r.KeepPersonProperty([]byte(WorkflowsOptOut)) || r.KeepPersonProperty([]byte("$workflows")) || r.KeepsDollar() {
		t.Error("of properties with a $ the opt-out of workflows alone is folded")
	}
}
