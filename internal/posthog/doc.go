// Package posthog reads PostHog exports and knows what PostHog's events mean.
//
// Find turns arguments into sources. Read brings their bytes, decompressed, cuts them at row ends and yields chunks;
// Chunk.Events decodes the rows of one. To read another kind of file, add it to shapes; to read another
// compression, add it to package codec.
package posthog
