package posthog

import "testing"

func TestPlumbingIsACopy(t *testing.T) {
	t.Parallel()
	list := Plumbing()
	list[0] = "plan"
	if Plumbing()[0] == "plan" {
		t.Error("a caller can change what is never sent")
	}
}
