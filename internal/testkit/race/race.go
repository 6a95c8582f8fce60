// Package race tells tests whether they run with the race detector. With it programs take many times the memory and
// the time, and pools lose some of what they hold.
package race

import (
	"runtime/debug"
	"slices"
)

// Enabled reports whether this program was built with -race.
func Enabled() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}
