package customerio

import (
	"context"
	"errors"
	"slices"
	"testing"
)

func TestCountingSendsNothing(t *testing.T) {
	tally := new(Tally)
	b := numbered(3)
	receipt, err := Counting(tally).Send(t.Context(), b)
	if err != nil || receipt.Rejections != nil || receipt.Unsent != nil {
		t.Errorf("%+v, %v", receipt, err)
	}
	if tally.Requests.Load() != 1 || tally.Bytes.Load() != int64(len(b.Body())) {
		t.Errorf("counted %d requests, %d bytes", tally.Requests.Load(), tally.Bytes.Load())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if receipt, err := Counting(nil).Send(ctx, b); !errors.Is(err, context.Canceled) || !slices.Equal(receipt.Unsent, b.refs(0)) {
		t.Errorf("%+v, %v", receipt, err)
	}
}
