// Package people finds out who is who in an export: which distinct IDs are one person, what their final
// attributes are, who of them is sent, and under which identifier.
//
// An Index takes the rows of the first pass, in any order and from many goroutines (Observe). Index.Decide
// then makes a Directory of them, which answers the second pass's questions (Lookup, AppendAttributes) and
// lists what is to be sent besides events (People, Links). What takes more room than Options.Memory goes to
// disk.
//
// Files form layers, lowest first; a file uses none of a later line:
//
//	person, texts, email, existing, idfacts    what callers read; texts and hashes of IDs; what is known of one ID
//	links, options, attributes, loops          rows that link two IDs; what the caller wants; what a row says of attributes
//	groupflags, choice, counts                 what is known of a group of IDs; who is sent; the totals
//	pairs, pairsrecent                         which IDs had which person_id
//	personsexport, live, otherruns             the persons export; profiles of PostHog's live destination; other runs
//	idtable, visitorsample, shard, index       the IDs of one hash prefix; all of them
//	indexids, linksrepeated, visitors          finding an ID, spilling and bringing back; links that decide; visitors' rows
//	observe, personslearn, restore             rows come in, and what other runs know
//	nodes, sent, livefind, pairsshared         numbers for IDs; who was sent; person_ids that several IDs had
//	candidates, keptid, linksteps              groups that may be sent; which ID is kept; links in order
//	joinings, linksdirected                    why IDs are one person; links whose direction counts
//	severallogins, pairsjoin, personsjoin      IDs become groups, by package identity
//	linksfollow, join                          links, one after the other; all that joins
//	groups, visitorscount, candidatesgather    groups become candidates
//	claims, attributesfold, identifiers        attributes, by package fold; who gets a contested email
//	profiles, profilesfind, profilesresolve    which of several profiles in Customer.io is a person's
//	choose, merges                             who is sent, and the profiles merged into theirs
//	attributeshistory                          one person's attributes with the rows that set them
//	directory, decide                          the answers; all these steps, one after the other
//
// Numbers have three kinds of owners. A node is a distinct ID, in the order of shards. A candidate is a group
// of nodes that may be sent, in the order of their first rows. A person is a candidate that is sent;
// Person.Number counts them.
package people
