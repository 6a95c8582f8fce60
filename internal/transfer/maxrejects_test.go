package transfer

import "testing"

func TestTooManyRejectsHasTheRightPlural(t *testing.T) {
	for e, want := range map[TooManyRejects]string{
		{1, 1}:            "stopped: the only row was rejected, which suggests a wrong mapping or a wrong file",
		{1, 2}:            "stopped: 1 of 2 rows was rejected, which suggests a wrong mapping or a wrong file",
		{2000, 1_000_000}: "stopped: 2,000 of 1,000,000 rows were rejected, which suggests a wrong mapping or a wrong file",
	} {
		if got := e.Error(); got != want {
			t.Errorf("%+v: %s, want %s", e, got, want)
		}
	}
}
