//go:build !unix

package posthog

// cpuSeconds is not known here.
func cpuSeconds() float64 { return 0 }
