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

// checkCanAsk refuses a run that has to ask before it sends, if nobody can be asked. It comes before the
// first pass, which may take an hour. It also says which credentials such a run would miss, unless other
// settings are to be mended first. done is what a yes would have done, such as "sent", and look is the
// command that shows to what.
func (p *program) checkCanAsk(o *sendingOptions, done, look string, args []string) error {
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
	err, first := errors.New(why+"; nothing was "+done), "check what would be "+done+" with `ph2cio "+look+"`, "
	if unset := p.credentialsUnset(); unset != nil && done == "sent" && len(p.mistakes) == 0 {
		err, first = errors.Join(err, unset), first+setVariables+", "
	}
	return &problem{code: exit.Usage, err: err, hint: first + "then add --yes"}
}

// ask asks a question on the terminal. Any answer but a plain yes ends the command, and says that nothing was
// done: done is what a yes would have done, such as "sent".
func (p *program) ask(ctx context.Context, question, done string) error {
	p.idle.Store(true)
	fmt.Fprint(p.env.Stderr, question, " [y/N] ")
	answer, err := p.answer(ctx)
	if p.file != nil {
		p.file.close() // the question is a line of its own there
	}
	if err != nil {
		fmt.Fprintf(p.env.Stderr, "Nothing was %s.\n", done)
		return err
	}
	if isYes(answer) {
		return nil
	}
	p.notify.decline()
	fmt.Fprintf(p.env.Stderr, "Nothing was %s.\n", done)
	return &finished{code: exit.Done, why: "not confirmed; nothing was " + done, declined: true}
}

// isYes reports whether an answer is y or yes. An answer that only begins with y may be a slip.
func isYes(answer string) bool {
	answer = strings.ToLower(strings.TrimSpace(answer))
	return answer == "y" || answer == "yes"
}

// answer reads one line, unless a signal comes first. Text that ends without a newline was not entered, and
// does not count.
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

// unconfirmed is the sender of a run that had nothing to send, so that nobody was asked. If there is
// something to send after all, it refuses.
type unconfirmed struct{}

func (unconfirmed) Send(_ context.Context, b *customerio.Batch) (customerio.Receipt, error) {
	return customerio.AllUnsent(b), &problem{code: exit.Usage, err: errors.New("there is something to send after all, but you were not asked"), hint: "add --yes to send it"}
}

// sendNothing says that nothing is left to send. The run still begins, without asking, if there is something
// to record: that a stopped run has come to its end, sources that later runs should know, or rejects.
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
