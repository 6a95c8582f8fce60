package worlds

import "math/rand/v2"

// dice draws what happens.
type dice struct{ *rand.Rand }

// chance returns true so many times of a hundred.
func (d dice) chance(percent int) bool { return d.IntN(100) < percent }

// form draws how a new file is compressed.
func (d dice) form() form { return form(d.IntN(int(forms))) }

// one draws one of some values.
func one[T any](d dice, of []T) T { return of[d.IntN(len(of))] }
