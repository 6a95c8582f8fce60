// Package identity decides which IDs are one person, over plain numbers: nodes for distinct IDs, and orders
// for rows. It knows PostHog's rules of joining and refusing, and how to choose the one ID that a person
// keeps. It knows nothing of files, texts or memory.
//
// Nodes are joined in three steps: first by a persons export, then by rows that share a person_id, and then
// by links ($identify, $create_alias and $merge_dangerously) in the order of ingestion. Shared person_ids are
// refused only where a persons export contradicts them; links are also refused by PostHog's rules.
//
// The rules are those of PostHog's person-merge-service.ts: github.com/PostHog/posthog,
// nodejs/src/worker/ingestion/persons.
package identity
