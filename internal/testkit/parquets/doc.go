// Package parquets writes Parquet files for tests: tables of any columns in any layout, exports of PostHog's
// that were JSON lines, and files taken into their pages, changed and put together again, so that anything
// about them may be wrong.
package parquets
