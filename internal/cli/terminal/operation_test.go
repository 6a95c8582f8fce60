package terminal

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/customerio"
)

// TestAnOperationIsLaidOutToBeRead has an event with values of all kinds, a person by email, and a merge.
func TestAnOperationIsLaidOutToBeRead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		action     customerio.Action
		body, want string
	}{
		{customerio.Event, `{"type":"person","action":"event","identifiers":{"id":"user_1001"},"name":"Order\u001b Completed","timestamp":1772618531,` +
			`"attributes":{"order_id":"ord_88120","utm_source":null,"revenue":129.50,"note":"` + strings.Repeat("long ", 20) + `","items":[{"a":1}],"gclid":null}}`,
			`event  Order\u001b Completed  of user_1001
  at 4 Mar 2026 10:02 UTC
  order_id  ord_88120
  revenue   129.50
  note      long long long long long long long long long long...
  items     [{"a":1}]
  and 2 that are null: utm_source, gclid
`},
		{customerio.Identify, `{"type":"person","action":"identify","identifiers":{"email":"a@x.example"},"attributes":{"plan":null}}`,
			"profile update  of email a@x.example\n  1 that is null: plan\n"},
		{customerio.Merge, `{"type":"person","action":"merge","primary":{"id":"a"},"secondary":{"cio_id":"b"}}`, "merge  cio_id b  into  a\n"},
	} {
		if diff := cmp.Diff(c.want, Operation(&customerio.Operation{Action: c.action, Body: []byte(c.body)}, Style{}, 64)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.action, diff)
		}
	}
}

func TestAnOperationInBrief(t *testing.T) {
	t.Parallel()
	event := `{"type":"person","action":"event","identifiers":{"id":"u1"},"name":"Order Completed","timestamp":1772618531,"attributes":` +
		`{"order_id":"ord_88120","utm_source":null,"note":"a text of more than thirty columns","items":[{"a":1}],"more":"` + strings.Repeat("x", 40) + `"}}`
	want := `event  Order Completed  at 4 Mar 2026 10:02 UTC
  order_id ord_88120 · note a text of more than thirty ... · items [{"a":...`
	if got := briefOperation(event, Style{}, 76); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if got := briefOperation(`{"action":"page","attributes":{"a":null}}`, Style{}, 80); got != "page" {
		t.Errorf("without attributes: %q", got)
	}
}
