// Package people finds out who is who in an export: which distinct IDs are one person, what their final attributes are, who of them
// is sent, and under which identifier.
//
// An Index takes the rows of the first reading, in any order and from many goroutines (Observe). Index.Decide then makes a
// Directory of them, which answers the second reading's questions (Lookup, AppendAttributes) and lists what is to be sent besides
// events (People, Links). What takes more room than Options.Memory goes to disk.
//
// Files form layers. From the bottom up, each rests only on those before it:
//
//	identifier, verdict, counts, held, link        what callers read in answers
//	sum, texts, email, existing, marks, options    hashes of IDs, their texts, what a text says, what the caller wants
//	fact, idtable                                  what is known of one distinct ID, and the table of IDs
//	links, pairs, recentpairs, sample, persons     what rows say besides: links, shared person_ids, visitors, the persons export
//	shard, index                                   the IDs of one hash prefix; all of them
//	entries, disk, visitors, repeats, observe      taking rows in
//	remember, restoresent, otherruns               what later runs are told, and earlier ones have told
//	nodes, meet, joinings, shares, follow, join    IDs become groups, by package identity
//	traits, choice, judge, gather, candidates      what is known of a group, and whether it may be sent
//	directed, targets, keptid                      which of its IDs is kept
//	folding, emailids, claims, contest, named      attributes, by package fold; who gets an email that several have
//	standing, profilefinder, resolve               which of several profiles in Customer.io is a person's
//	choose, merges                                 the people who are sent, and the profiles that are merged into theirs
//	directory                                      the answers
//	decide                                         all these steps, one after the other
//
// Numbers have three kinds of owners. A node is a distinct ID, in the order of shards. A candidate is a group of nodes that may be
// sent, in the order of their first rows. A person is a candidate that is sent; Person.Number counts them.
package people
