// Package posthog reads PostHog exports and knows what PostHog's events mean.
//
// Read reads and decompresses sources, cuts them at the ends of rows and yields chunks. Chunk.Events decodes
// the rows of one. The files form layers, and each uses only those of its own layer and below:
//
//	strays      which files in a directory of exports are not exports
//	reading     read, guess, reading, bundle, pump: windows of each source's bytes, ahead of the cutting
//	cutting     cutter, halfrow, output: windows to numbered chunks of whole rows
//	shapes      shapes, eventscsv, document, query, jsonlines, personscsv, personsjson, foreign: what kind of
//	            file one is, by its beginning (head, csvheader, table, keysseen, flattened), and so its layout
//	chunks      chunk, pack: the rows of a chunk, decoded as its layout says
//	rows        jsonrow, properties, sets, personfields of JSON; cells, columntree of CSV; eventvalues of both
//	decoder     decoder, layout, elements, lines, csvsplit, csvcells: the memory for a row, and where rows and cells end
//	values      time, zone, idrules, eventnames, missing, rounded, celltypes, columntypes: parsing values; options
//	memory      buffer, arena: memory of windows and long rows, reused
//	vocabulary  event, personrow, columns, columnnames, renaming, leftout, rowerror, sourceerror,
//	            quoted; words, which scans eight bytes at a time
//
// To read another kind of file, write its shape and the decoder of its rows in a file of its own and add it
// to shapes; to read another compression, add it to package codec.
package posthog
