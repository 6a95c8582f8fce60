// Package terminal makes what a person reads: the summary of a run, an inspection, an explanation, and the
// layout of any text for a terminal. It prints nothing.
//
// From the bottom up:
//
//	style         colours; text from outside made safe to show
//	wrap, table   lines that fit into a width, cells in columns
//	lines         lines of a label and a text
//	reasons       the codes of reasons, changes and operations in words
//	summary...    the plan of a preview and of a question, and the summary of a run, in one layout
//	operation     one operation, to be read
//	inspection    what is in an export
//	explanation   one person, and why several IDs are that person
//	phrases       single phrases, for a page of HTML
package terminal
