package deliver

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
)

func TestARejectIsSavedAsItIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		state := &book{}
		r := part(0)
		r.Rows.Read, r.End = 3, 3
		r.Rejects = []Reject{{Number: 1, Reason: "late", Key: ledger.Key{1}, Closed: true}, {Number: 2, Reason: "not_json", Key: ledger.Key{2}}}
		r.Rows.Skip("late", 0)
		r.Rows.Duplicate = 1 // the row that is only listed
		d, _ := one(t, Options{Sender: &sender{}}, state, Spec{Phase: ledger.Events}, r)
		var got []ledger.Reject
		for _, one := range saved(t, state).Rejects {
			one.Text = nil
			got = append(got, one)
		}
		want := []ledger.Reject{
			{Phase: ledger.Events, Number: 1, Reason: "late", Key: ledger.Key{1}, Closed: true}, {Phase: ledger.Events, Number: 2, Reason: "not_json", Key: ledger.Key{2}},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("saved (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(map[string]int64{"not_json": 1}, d.Counts().Rejected); diff != "" {
			t.Errorf("counted (-want +got):\n%s", diff)
		}
	})
}

// failingList is a list that takes no reject of one reason.
type failingList struct {
	reason string
	list
}

func (l *failingList) Reject(r *Reject) error {
	if r.Reason == l.reason {
		return errDisk
	}
	return l.list.Reject(r)
}

// TestARejectThatCannotBeListedEndsThePhase fails to list a reject of ours, and one of the API's.
func TestARejectThatCannotBeListedEndsThePhase(t *testing.T) {
	for _, reason := range []string{"not_json", "api:invalid"} {
		d, p := begin(t, Options{Sender: &sender{answer: refuse(0)}, Rejects: &failingList{reason: reason}}, nil)
		r := part(0)
		r.Rejects = []Reject{{Number: 1, Reason: "not_json"}}
		r.Rows.Read++
		if err := p.End(p.Deliver(r)); !errors.Is(err, errDisk) {
			t.Errorf("%s: ended with %v", reason, err)
		}
		if broken := d.Counts().Check(); broken != nil {
			t.Errorf("%s: %v", reason, broken)
		}
	}
}

func TestPlaceAndTextOfAReject(t *testing.T) {
	r := Reject{Reason: "late", Detail: "by a day", Raw: "x", Operation: []byte("{}"), Number: 3}
	r.SetPlace("a.csv", 7)
	if diff := cmp.Diff(Reject{Reason: "late", Detail: "by a day", Number: 3, File: "a.csv", Row: 7}, r.WithoutText()); diff != "" {
		t.Errorf("without text (-want +got):\n%s", diff)
	}
	if r.Raw == "" || r.Operation == nil {
		t.Error("the reject itself lost its text")
	}
	if got := apiReason(&customerio.Rejection{Field: "name", Message: "no"}); got != "api:unnamed" {
		t.Errorf("a refusal without a reason has the reason %s", got)
	}
}

// TestExamplesBorrowNothing changes the bodies of operations after they were refused.
func TestExamplesBorrowNothing(t *testing.T) {
	d := New(t.Context(), Options{}, nil, Counters{})
	defer d.Close()
	body := []byte(`{"n":0}`)
	d.addExample(&Reject{Reason: "api:invalid", Operation: body})
	copy(body, "changed")
	if got := string(d.Examples()[0].Operation); got != `{"n":0}` {
		t.Errorf("the example has the operation %s", got)
	}
}

// TestEachKindOfRowIsSaved sends an event, a page and a screen. All are saved as sent, with the time of the
// newest.
func TestEachKindOfRowIsSaved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		state := &book{}
		r := part(1, 2, 3)
		r.Operations[1].Action, r.Operations[2].Action = customerio.Page, customerio.Screen
		r.Marks = []Mark{{At: 5}, {At: 9}, {At: 7}}
		d, p := one(t, Options{Sender: &sender{}}, state, Spec{Phase: ledger.Events}, r)
		step := saved(t, state)
		var refs []uint64
		for _, sent := range step.Sent {
			refs = append(refs, refOf(sent))
		}
		if !slices.Equal(refs, []uint64{1, 2, 3}) || step.Newest != 9 {
			t.Errorf("saved %v, the newest of %d", refs, step.Newest)
		}
		if sent, rejected := p.Totals(); sent != 3 || rejected != 0 || OfRows(d.Counts().Built) != 3 {
			t.Errorf("%d sent, %d rejected, built %v", sent, rejected, d.Counts().Built)
		}
	})
}
