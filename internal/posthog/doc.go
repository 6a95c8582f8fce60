// Package posthog reads PostHog exports and knows what PostHog's events mean.
//
// Read reads and decompresses sources, cuts them at the ends of rows and yields chunks. Chunk.Events decodes
// the rows of one. The files form layers, lowest first, and each uses only those of its own layer and above:
//
//	vocabulary  event, personrow, columns, columnnames, renaming, leftout, rowerror, sourceerror, quoted; words;
//	            parquetcolumn: the columns of a Parquet file, and a row of it as people read it
//	memory      buffer, arena, chunktext: the memory of windows, long rows and chunks, which is reused
//	values      options; time, zone, idrules, eventnames, missing, rounded, celltypes, columntypes: parsing
//	decoder     decoder, fields: the memory for a row; specialkeys: the property keys that are read; lines,
//	            elements, csvsplit, csvcells: where rows and cells end; layout
//	rows        jsonrow, properties, sets, personfields of JSON; cells, columntree of CSV; parquetcells of
//	            Parquet; eventvalues of all
//	chunks      chunk, pack: the rows of a chunk, decoded as its layout says
//	shapes      shapes, eventscsv, document, query, jsonlines, personscsv, personsjson, foreign: what kind of
//	            file one is, by its beginning (head, csvheader, table, keysseen, flattened), and so its layout;
//	            parquetevents, parquetpersons, by what a Parquet file says of its columns (parquethead)
//	cutting     cutter, halfrow, output: windows to numbered chunks of whole rows
//	reading     read, guess, reading, bundle, pump, parquetopen: windows of each source's text, ahead of the
//	            cutting
//	strays      which files in a directory of exports are not exports
//	parquetfile what a Parquet file says of itself, for people
//
// To read another kind of text file, write its shape and the decoder of its rows in a file of its own and add
// it to shapes. What has to be unpacked first is a codec that yields such text: add it to package codec, and
// take its name from foreign. Parquet, which is read at several places at once, is text of package parquet.
package posthog
