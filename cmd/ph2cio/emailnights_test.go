package main

import (
	"fmt"
	"testing"
)

// TestEmailsThatChangeHands moves emails between people in all the ways that go wrong easily, and expects what
// one backfill of everything makes.
func TestEmailsThatChangeHands(t *testing.T) {
	notWithRace(t)
	t.Parallel()
	var w *nightWriter
	email := func(user int, address string) string {
		return w.set(fmt.Sprint("user_", user), fmt.Sprintf(`{"email":%q}`, address))
	}
	free := func(user int) string { return w.unset(fmt.Sprint("user_", user), `["email"]`) }
	login := func(user int, visitor string) string {
		return w.row("$identify", fmt.Sprint("user_", user), fmt.Sprintf(`"$anon_distinct_id":%q`, visitor), "")
	}
	const x, y, z = "x@example.com", "y@example.com", "z@example.com"
	const visitor = "019cb84c-1111-7000-8000-00000000000a"
	three := func() attributeNight {
		return attributeNight{rows: []string{email(1, x), email(2, y), email(3, z)}, sends: 3}
	}
	for name, nights := range map[string]func() []attributeNight{
		"a swap among three, with a step in between": func() []attributeNight {
			return []attributeNight{three(), {rows: []string{email(1, "t@example.com"), email(2, x), email(3, y), email(1, z)}, sends: -1}}
		},
		"a swap among three over three nights": func() []attributeNight {
			return []attributeNight{
				three(), {rows: []string{email(1, y)}, sends: -1}, {rows: []string{email(2, z)}, sends: -1}, {rows: []string{email(3, x)}, sends: -1},
			}
		},
		"a swap that is stopped after its first request": func() []attributeNight {
			return []attributeNight{three(), {rows: []string{email(1, y), email(2, z), email(3, x)}, cut: 1, sends: -1}}
		},
		"a swap of which an identify is refused": func() []attributeNight {
			return []attributeNight{
				three(), {rows: []string{email(1, y), email(2, z), email(3, x)}, refuse: "user_2", sends: -1},
				{rows: []string{w.set("user_2", `{"plan":"pro"}`)}, sends: 2},
			}
		},
		"a late email that is refused": func() []attributeNight {
			return []attributeNight{
				three(), {rows: []string{free(1), email(2, x)}, refuse: x, sends: -1},
				{rows: []string{w.set("user_2", `{"plan":"pro"}`)}, sends: -1},
			}
		},
		"freed and taken in one file by somebody who has none": func() []attributeNight {
			return []attributeNight{
				{rows: []string{email(1, x), w.set("user_2", `{"plan":"pro"}`)}, sends: 2},
				{rows: []string{free(1), email(2, x)}, sends: -1},
				{rows: []string{free(2), email(1, x)}, sends: -1},
			}
		},
		"taken a night before it is freed": func() []attributeNight {
			return []attributeNight{three(), {rows: []string{email(2, x)}, sends: -1}, {rows: []string{free(1)}, sends: -1}}
		},
		"taken before it is freed, and set again by who had it": func() []attributeNight {
			return []attributeNight{three(), {rows: []string{email(2, x)}, sends: -1}, {rows: []string{email(1, x)}, sends: -1}}
		},
		"freed by a persons export": func() []attributeNight {
			return []attributeNight{
				{rows: []string{email(1, x), email(2, y)}, sends: 2},
				{persons: w.exported(1, "user_1", `{"plan":"pro"}`) + w.exported(2, "user_2", `{"email":"x@example.com"}`), sends: -1},
				{rows: []string{email(3, y)}, sends: 1},
			}
		},
		"freed by a persons export, taken by a row": func() []attributeNight {
			return []attributeNight{
				{rows: []string{email(1, x), email(2, y)}, sends: 2},
				{persons: w.exported(1, "user_1", `{"plan":"pro"}`) + w.exported(2, "user_2", `{"email":"y@example.com"}`), rows: []string{email(2, x)}, sends: -1},
			}
		},
		"the same in another case, and with spaces": func() []attributeNight {
			return []attributeNight{
				three(), {rows: []string{email(2, " X@Example.COM ")}, sends: -1}, {rows: []string{email(1, "Q@example.com")}, sends: -1},
				{rows: []string{email(3, "q@EXAMPLE.com")}, sends: -1}, {rows: []string{email(1, "Z@example.com")}, sends: -1},
			}
		},
		"one's own in another case": func() []attributeNight {
			return []attributeNight{three(), {rows: []string{email(1, "X@example.com")}, sends: 1}, {rows: []string{email(1, x)}, sends: 1}}
		},
		"a visitor's, whom somebody becomes after another got it": func() []attributeNight {
			return []attributeNight{
				{rows: []string{w.set(visitor, `{"email":"x@example.com"}`), email(2, y)}, sends: 1},
				{rows: []string{email(2, x)}, sends: 1},
				{rows: []string{login(1, visitor)}, sends: -1},
				{rows: []string{free(2)}, sends: -1},
			}
		},
		"a visitor's, set after another got it": func() []attributeNight {
			return []attributeNight{
				{rows: []string{email(2, x)}, sends: 1},
				{rows: []string{w.set(visitor, `{"email":"x@example.com"}`)}, sends: -1},
				{rows: []string{login(1, visitor)}, sends: -1},
				{rows: []string{email(2, z)}, sends: -1},
			}
		},
		"one that a merge brings to another, who loses it": func() []attributeNight {
			return []attributeNight{
				three(), {rows: []string{w.row("$merge_dangerously", "user_1", `"alias":"user_2"`, "")}, sends: -1},
				{rows: []string{email(3, y)}, sends: -1}, {rows: []string{email(1, z)}, sends: -1},
			}
		},
		"one that goes away with a merge, taken in the same night": func() []attributeNight {
			return []attributeNight{
				three(), {rows: []string{w.row("$merge_dangerously", "user_1", `"alias":"user_2"`, ""), email(3, y)}, sends: -1},
				{rows: []string{w.set("user_1", `{"plan":"pro"}`), w.set("user_3", `{"plan":"pro"}`)}, sends: -1},
			}
		},
		"one that a merge brings and that somebody else takes in the same night": func() []attributeNight {
			return []attributeNight{
				{rows: []string{w.set("user_1", `{"plan":"pro"}`), email(2, y), email(3, z)}, sends: 3},
				{rows: []string{w.row("$merge_dangerously", "user_1", `"alias":"user_2"`, ""), email(3, y)}, sends: -1},
				{rows: []string{w.set("user_1", `{"plan":"max"}`), w.set("user_3", `{"plan":"max"}`)}, sends: -1},
			}
		},
		"one that no address is": func() []attributeNight {
			return []attributeNight{three(), {rows: []string{email(1, "none"), email(2, x)}, sends: -1}, {rows: []string{email(1, "none either"), email(3, y)}, sends: -1}}
		},
		"freed, and stopped before it is taken": func() []attributeNight {
			return []attributeNight{
				three(), {rows: []string{free(1), email(2, x)}, cut: 1, sends: -1}, {rows: []string{email(1, y)}, sends: 1},
			}
		},
		"given to a new person in the night of a stop": func() []attributeNight {
			return []attributeNight{three(), {rows: []string{email(1, "q@example.com"), email(4, x), email(5, "r@example.com")}, cut: 1, sends: -1}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			w = &nightWriter{}
			sendAttributeNights(t, nights())
		})
	}
}
