package exit

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// coded is an error with a code and a hint.
type coded struct {
	code int
	hint string
	err  error
}

func (c *coded) Error() string { return "coded" }
func (c *coded) Unwrap() error { return c.err }
func (c *coded) ExitCode() int { return c.code }
func (c *coded) Hint() string  { return c.hint }

func TestTheGravestCauseHasTheCode(t *testing.T) {
	plain := errors.New("plain")
	of := func(code int) error { return &coded{code: code} }
	for _, c := range []struct {
		err  error
		code int
	}{
		{nil, Done}, {plain, Failed}, {of(Failed), Failed}, {of(Usage), Usage}, {fmt.Errorf("sending: %w", of(Usage)), Usage},
		{context.Canceled, Interrupt}, {context.DeadlineExceeded, Failed},
		{errors.Join(plain, of(Failed), of(Credentials), of(Usage)), Credentials},
		{errors.Join(of(Credentials), context.Canceled), Interrupt},
		{errors.Join(context.Canceled, of(Input)), Input},
		{errors.Join(of(Input), of(Rejects)), Rejects},
		{errors.Join(of(Rejects), of(State)), State},
		{&coded{code: Failed, err: of(Input)}, Input},
		{&coded{code: Destination, err: of(Credentials)}, Destination},
	} {
		if got := Code(c.err); got != c.code {
			t.Errorf("%v: %d, want %d", c.err, got, c.code)
		}
	}
}

func TestTheFirstCauseThatKnowsHasTheHint(t *testing.T) {
	if got := Hint(nil) + Hint(errors.New("plain")) + Hint(&coded{}); got != "" {
		t.Error(got)
	}
	err := fmt.Errorf("sending: %w", errors.Join(errors.New("plain"), &coded{err: &coded{hint: "first"}}, &coded{code: State, hint: "second"}))
	if got := Hint(err); got != "first" {
		t.Error(got)
	}
}

func TestEveryCodeHasAMeaning(t *testing.T) {
	for _, code := range []int{Done, Failed, Usage, Rejects, Credentials, Destination, Input, Locked, State, Interrupt, Pipe, Terminated} {
		description := Describe(code)
		if description == "" || !strings.Contains("\n"+Table()+"\n", fmt.Sprintf("\n  %-3d  %s\n", code, description)) {
			t.Errorf("%d: %q in\n%s", code, description, Table())
		}
	}
	if Describe(9) != "" {
		t.Error("9 means", Describe(9))
	}
}
