// Package exit has the codes that the program ends with.
package exit

// Exit codes. They are part of what users rely on.
const (
	Done        = 0
	Failed      = 1
	Usage       = 2
	Rejects     = 3
	Credentials = 4
	Destination = 5
	Input       = 6
	Locked      = 7
	State       = 8
	Interrupt   = 130
	Pipe        = 141
	Terminated  = 143
)

// CodesText lists them for help.
const CodesText = `  0    done
  1    failed for another reason
  2    wrong usage or settings, or cannot ask for confirmation (use --yes)
  3    some rows were rejected, or so many that the run stopped
  4    the credentials are missing or were refused
  5    Customer.io kept failing or gave no answer; it is safe to run again
  6    input is damaged, missing or not PostHog events
  7    another run holds the state directory
  8    the state directory or its disk failed
  130  stopped by Ctrl-C; requests in flight were finished
  141  stopped: the program that read the output ended, such as head (SIGPIPE)
  143  stopped by SIGTERM or SIGHUP; requests in flight were finished`
