// Package people finds out who is who in an export: which distinct IDs are one person, what their final
// attributes are, who is sent, and under which identifier.
//
// An Index takes the rows of the first pass, in any order and from many goroutines (Observe). Index.Decide
// then makes a Directory of them. The second pass asks that for the person of each row and for attributes
// (Lookup, AppendAttributes), and for what else is to be sent (People, Merges). What does not fit into
// Options.Memory is on disk.
//
// Files form layers, lowest first; a file uses none of a later line:
//
//	person, texts, email, existing, idfacts  what callers read; texts, and what is known of one ID
//	mergedprofiles                           profiles that were merged into others
//	filters                                  conditions that test accounts do not meet
//	links, options, attributes, loops        rows that link IDs; the options; what a row says of attributes
//	groupflags, choice, counts               what is known of a group of IDs; who is sent; the totals
//	pairs, pairsrecent                       which IDs had which person_id
//	personsexport, live, otherruns           the persons export; PostHog's live destination; other runs
//	idtable, visitorsample, shard, index     the IDs of one hash prefix; all of them
//	indexids, linksrepeated, visitors        finding and spilling IDs; links that decide; visitors' rows
//	observe, personslearn, restore           rows come in, and what other runs know
//	condense                                 all that is known so far, each thing once, for later runs
//	nodes, sent, livefind, pairsshared       numbers for IDs; who was sent; person_ids of several IDs
//	candidates, mergedids, keptid            groups that may be sent; whose profiles went where; the kept ID
//	linksteps                                links in order
//	joinings, linksdirected                  why IDs are one person; links whose direction counts
//	severallogins, pairsjoin, personsjoin    IDs become groups, by package identity
//	linksfollow, join                        links, one after the other; all that joins
//	idgroups, visitorscount, candidatesgathergroups become candidates
//	claims, attributesfold, identifiers      attributes, by package fold; who gets a contested email
//	profiles, profilesfind                   the profiles in Customer.io that a person has
//	profilesnamed, profilesresolve           which of several is a person's
//	handovers                                emails that pass from one person to another
//	largest                                  people with many IDs
//	choose, merges                           who is sent, and the profiles merged into theirs
//	attributeshistory                        one person's attributes with the rows that set them
//	directory, decide                        the answers; all these steps, one after the other
//
// There are three kinds of numbers. A node is the number of a distinct ID, in the order of shards. A
// candidate is that of a group of IDs that may be sent, in the order of first rows. Person.Number counts the
// people who are sent.
package people
