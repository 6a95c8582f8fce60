// Package webreport makes the HTML page of a run: one file that needs no network and no script, and that can be
// mailed and printed. It reads nothing, decides nothing and sends nothing.
//
// From the bottom up:
//
//	document   what a page is made of
//	text       text from outside made safe to show: short, visible, without secrets
//	private    what is left out of a page that shows no personal data
//	chart...   bars for days and for events
//	view       what the template shows
//	fates      what becomes of rows, in the order and the classes of charts
//	builder    what the parts of the page are made with
//	view...    one part of the page each; viewtop puts them together
//	begin      how a page begins
//	write      the page itself
package webreport
