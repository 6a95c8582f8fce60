// Package posthog reads PostHog exports and knows what PostHog's events mean.
package posthog
