// Package identity decides which IDs are one person, over plain numbers: nodes for distinct IDs, and orders
// for rows. It knows PostHog's rules of joining and refusing, and how to choose the one ID that a person
// keeps, but nothing of files, texts or memory.
//
// Nodes are joined in three steps: what a persons export says, what rows that share a person_id say, and then
// the links of $identify, $create_alias and $merge_dangerously in order of ingestion. The first two are
// unconditional, unless a persons export is known; only links can be refused.
//
// The rules are those of PostHog's person-merge-service.ts: github.com/PostHog/posthog,
// nodejs/src/worker/ingestion/persons.
package identity
