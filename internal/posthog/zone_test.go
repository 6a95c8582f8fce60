package posthog

import (
	"testing"
	"time"
	_ "time/tzdata"
)

func TestTimesInAZone(t *testing.T) {
	for _, test := range []struct{ zone, text, want string }{
		{"Europe/Berlin", "2026-03-04 09:15:27.123456", "2026-03-04T08:15:27.123456Z"},
		{"Europe/Berlin", "2026-07-04T09:15:27", "2026-07-04T07:15:27Z"},
		{"Europe/Berlin", "2026-03-04 09:15:27Z", "2026-03-04T09:15:27Z"},
		{"Europe/Berlin", "2026-03-04 09:15:27+05:30", "2026-03-04T03:45:27Z"},
		{"Europe/Berlin", "1772615727", "2026-03-04T09:15:27Z"},
		{"Europe/Berlin", "2025-10-26 01:59:59", "2025-10-25T23:59:59Z"},
		{"Europe/Berlin", "2025-10-26 02:30:00", "2025-10-26T00:30:00Z"}, // twice: the first
		{"Europe/Berlin", "2025-10-26 03:00:00", "2025-10-26T02:00:00Z"},
		{"Europe/Berlin", "2026-03-29 01:59:59", "2026-03-29T00:59:59Z"},
		{"Europe/Berlin", "2026-03-29 02:30:00", "2026-03-29T01:30:00Z"}, // never: as if not put forward yet
		{"Europe/Berlin", "2026-03-29 03:00:00", "2026-03-29T01:00:00Z"},
		{"America/New_York", "2025-11-02 01:30:00", "2025-11-02T05:30:00Z"}, // twice
		{"America/New_York", "2026-03-08 02:30:00", "2026-03-08T07:30:00Z"}, // never
		{"Asia/Kolkata", "2026-03-04 09:15:27", "2026-03-04T03:45:27Z"},
		{"Australia/Lord_Howe", "2026-04-05 01:45:00", "2026-04-04T14:45:00Z"}, // half an hour, twice
		{"Pacific/Apia", "2011-12-31 10:00:00", "2011-12-30T20:00:00Z"},        // the day after the one that was left out
	} {
		zone, err := time.LoadLocation(test.zone)
		if err != nil {
			t.Fatal(err)
		}
		got := parseTimeIn(zone, []byte(test.text))
		want, err := time.Parse(time.RFC3339Nano, test.want)
		if err != nil || got.State != Known || got.Micros != want.UnixMicro() {
			t.Errorf("%s %s: %v, want %s", test.zone, test.text, time.UnixMicro(got.Micros).UTC(), test.want)
		}
	}
}

// FuzzZone checks onClock: a clock of the zone must show the given local time at the result, unless it never
// shows that time, and at no earlier moment.
func FuzzZone(f *testing.F) {
	zones := []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca", "Asia/Kolkata", "America/Sao_Paulo"}
	f.Add(uint8(0), int64(1761442200))
	f.Add(uint8(1), int64(1772937000))
	f.Add(uint8(3), int64(1325239200))
	f.Fuzz(func(t *testing.T, number uint8, local int64) {
		zone, err := time.LoadLocation(zones[int(number)%len(zones)])
		if err != nil {
			t.Fatal(err)
		}
		local = local % (1 << 32)
		got := onClock(zone, local)
		shown := func(unix int64) int64 { return unix + offset(zone, unix) }
		at := time.Unix(local, 0).UTC()
		want := time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), 0, zone).Unix()
		if shown(want) == local && shown(got) != local {
			t.Fatalf("%s %d: %d shows %d, and %d shows it", zone, local, got, shown(got), want)
		}
		if shown(want) == local && got > want {
			t.Fatalf("%s %d: %d, but %d shows it too", zone, local, got, want)
		}
	})
}
