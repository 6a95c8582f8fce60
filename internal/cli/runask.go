package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ph2cio/internal/customerio"
	"ph2cio/internal/exit"
)

// checkCanAsk refuses a run that would have to ask before it sends, where nobody can be asked: before
// anything is read, which may take an hour. look is the command that shows what would be sent.
func (p *program) checkCanAsk(o *sendingOptions, look string, args []string) error {
	if o.yes || o.sandbox {
		return nil
	}
	var why string
	switch {
	case slices.Contains(args, stdinSource):
		why = "source -: cannot ask for confirmation while standard input is the export"
	case p.log != nil:
		why = "cannot ask for confirmation because --log-format is json"
	case !p.env.StdinTerminal:
		why = "cannot ask for confirmation because standard input is not a terminal"
	case !p.env.StderrTerminal:
		why = "cannot ask for confirmation because standard error is not a terminal"
	default:
		return nil
	}
	return &problem{code: exit.Usage, err: errors.New(why + "; nothing was sent"), hint: "check what would be sent with `ph2cio " + look + "`, then add --yes"}
}

// ask puts a question on the terminal. Whatever is not a plain yes ends the run with nothing sent.
func (p *program) ask(ctx context.Context, question string) error {
	p.idle.Store(true)
	fmt.Fprint(p.env.Stderr, question, " [y/N] ")
	answer, err := p.answer(ctx)
	if err != nil {
		return err
	}
	if isYes(answer) {
		return nil
	}
	p.notify.decline()
	fmt.Fprintln(p.env.Stderr, "Nothing was sent.")
	return &finished{exit.Done, "not confirmed; nothing was sent"}
}

// isYes reports whether an answer is y or yes. What only begins like one may be a slip.
func isYes(answer string) bool {
	answer = strings.ToLower(strings.TrimSpace(answer))
	return answer == "y" || answer == "yes"
}

// answer reads one line, unless a signal comes first. What stands at the end of input without a newline was
// not entered, and counts for nothing.
func (p *program) answer(ctx context.Context) (string, error) {
	line := make(chan string, 1)
	go func() {
		text, err := bufio.NewReader(p.env.Stdin).ReadString('\n')
		if err != nil {
			text = ""
		}
		line <- text
	}()
	select {
	case text := <-line:
		p.idle.Store(false)
		if text == "" {
			fmt.Fprintln(p.env.Stderr)
		}
		return text, nil
	case <-ctx.Done():
		fmt.Fprintln(p.env.Stderr)
		return "", context.Cause(ctx)
	}
}

// unconfirmed is the sender of a run that has nothing to send, so that nobody was asked: should there be
// something after all, it is not sent.
type unconfirmed struct{}

func (unconfirmed) Send(_ context.Context, b *customerio.Batch) (customerio.Receipt, error) {
	return customerio.AllUnsent(b), &problem{code: exit.Usage, err: errors.New("there is something to send after all, but you were not asked"), hint: "add --yes to send it"}
}

// sendNothing says that nothing is left to send. The run is begun all the same, without asking, if there is
// something to note: that a stopped one has come to its end, sources that later runs should know, or what was
// rejected.
func (s *sendJob) sendNothing(ctx context.Context, read *readJob) error {
	fmt.Fprintln(s.p.env.Stderr, "Nothing is left to send.")
	if read.first.Bad > 0 {
		return nil
	}
	last, err := s.to.ledger.Last(ctx, backfillCommand)
	if err != nil || !read.job.DoneBy(last, read.pass) {
		return err
	}
	return s.p.alreadyDone(last)
}
