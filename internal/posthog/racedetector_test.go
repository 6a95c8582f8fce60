//go:build race

package posthog

// raceDetector says that the tests run with the race detector, with which pools lose some of what they hold.
const raceDetector = true
