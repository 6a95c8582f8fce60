package workspace

import (
	"testing"

	"ph2cio/internal/sandbox/trackapi"
)

func TestVisitorsWithoutEventsAreForgotten(t *testing.T) {
	w := newUsed(trackapi.Limits{KeptEvents: 2}, trackapi.Switches{})
	for _, who := range []string{"a", "b", "b", "b"} {
		w.send(`{"type":"person","identifiers":{"anonymous_id":"`+who+`"},"action":"event","name":"e"}`, 0)
	}
	if n := len(w.state.anonymous); n != 1 {
		t.Errorf("%d visitors, want those without events forgotten", n)
	}
	w.send(`{"type":"person","identifiers":{"id":"u"},"action":"identify","attributes":{"anonymous_id":"b"}}`, 0)
	if n := w.Counts().AnonymousLinked; n != 2 {
		t.Errorf("%d linked, want the two that are kept", n)
	}
}
