// Package posthog reads PostHog exports and knows what PostHog's events mean.
//
// Read brings the bytes of sources, decompressed, cuts them at row ends and yields chunks; Chunk.Events decodes
// the rows of one. The files form layers, and each rests only on those of its own layer and of those below:
//
//	strays      which files in a directory of exports are no exports
//	reading     read, guess, reading, bundle, pump: windows of each source's bytes, ahead of the cutting
//	cutting     cutter, halfrow, output: windows to numbered chunks of whole rows
//	shapes      shapes, eventscsv, document, query, jsonlines, personscsv, personsjson, foreign: what kind of
//	            file one is, by how it begins (head, csvheader, table, keysseen, flattened), and so its layout
//	chunks      chunk, pack: the rows of a chunk, each given to the decoder that its layout names
//	rows        jsonrow, properties, sets, personfields of JSON; cells, columntree of CSV; eventvalues of both
//	decoder     decoder, layout, elements, lines, csvsplit, csvcells: the memory for a row, and where rows and cells end
//	values      time, zone, idrules, eventnames, missing, rounded, celltypes, columntypes: what a text means; options
//	memory      buffer, arena: where windows and long rows lie, used again
//	vocabulary  event, personrow, columns, columnnames, renaming, leftout, rowerror, sourceerror, quoted; words, which
//	            looks at eight bytes at a time
//
// To read another kind of file, write its shape and the decoder of its rows in a file of its own and add it to
// shapes; to read another compression, add it to package codec.
package posthog
