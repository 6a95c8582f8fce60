package cli

import "ph2cio/internal/progress"

// progressScreen is what the terminal of standard error can do for a bar.
//
// Every terminal of today names itself in TERM, or WT_SESSION in Windows Terminal, and takes escape codes. The
// old Windows console names none, and would show them as text.
func (e *Env) progressScreen() progress.Screen {
	return progress.Screen{
		Codes:   e.get("TERM") != "" && !e.dumb() || e.get("WT_SESSION") != "",
		Reflows: e.reflows(),
		Colour:  e.colour(e.StderrTerminal),
		ASCII:   e.asciiOnly(),
	}
}

// reflows reports whether the terminal wraps long lines anew when its window becomes narrower. Most do. The Linux
// console, xterm and GNU screen cut them.
func (e *Env) reflows() bool {
	screen := e.get("STY") != "" && e.get("TMUX") == ""
	return e.get("TERM") != "linux" && e.get("XTERM_VERSION") == "" && !screen
}
