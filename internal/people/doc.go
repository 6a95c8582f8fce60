// Package people finds out who is who in an export: which distinct IDs are one person, what their final
// attributes are, who of them is sent, and under which identifier.
//
// An Index takes the rows of the first pass, in any order and from many goroutines (Observe). Index.Decide
// then makes a Directory of them, which answers the second pass's questions (Lookup, AppendAttributes) and
// lists what is to be sent besides events (People, Links). What takes more room than Options.Memory goes to
// disk.
//
// Files form layers, from the bottom up; none uses one of a later line:
//
//	identifier, verdict, held, link, person         what callers read in answers
//	sum, texts, email, existing, marks, options     hashes and texts of IDs, what a text says, what the caller wants
//	fact, idtable, traits, choice, counts           what is known of an ID and of a group, and who is sent
//	links, pairs, recentpairs, sample               what rows say besides: links, shared person_ids, visitors
//	persons, live, otherruns                        the persons export, live profiles, what other runs know
//	shard, index                                    the IDs of one hash prefix; all of them
//	openpairs, disk, entries, visitors, repeats     how an ID is found, spilled and brought back
//	observe, learnperson, remember, restoresent     rows come in, and what other runs know
//	nodes, senttable, findlive, known, meet         numbers for IDs; who was sent; who had one person_id
//	candidates, steps, joinings, directed           groups that may be sent; why IDs are one person
//	fusion, shares, exportedpeople, follow, join    IDs become groups, by package identity
//	judge, tally, visitorcount, gather              groups that may be sent become candidates
//	keptid, targets                                 which of its IDs is kept
//	claims, folding, emailids, contest, named       attributes, by package fold; who gets a contested email
//	finals, carried, standing, profilenames         what a candidate comes with, and its profiles
//	profilefinder, resolve                          which of several profiles in Customer.io is a person's
//	choose, merges                                  who is sent, and the profiles merged into theirs
//	directory                                       the answers
//	decide                                          all these steps, one after the other
//
// Numbers have three kinds of owners. A node is a distinct ID, in the order of shards. A candidate is a group
// of nodes that may be sent, in the order of their first rows. A person is a candidate that is sent;
// Person.Number counts them.
package people
