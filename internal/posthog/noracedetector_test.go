//go:build !race

package posthog

const raceDetector = false
