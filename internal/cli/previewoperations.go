package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/customerio"
	"ph2cio/internal/exit"
	"ph2cio/internal/progress"
)

// operationsWriter is where preview writes operations: the first few to the screen, all of them to a file.
type operationsWriter struct {
	p      *program
	left   int
	shown  int
	kinds  map[customerio.Action]bool // of which one was shown; nil shows the first ones
	screen io.Writer                  // of operations to look at; nil shows none
	all    *bufio.Writer
	file   *os.File
}

// besideBar writes to a terminal that may show the bar too.
type besideBar struct {
	bar *progress.Progress
	out io.Writer
}

func (a besideBar) Write(text []byte) (n int, err error) {
	a.bar.Aside(func() { n, err = a.out.Write(text) })
	return n, err
}

func (p *program) newOperationsWriter(o *previewOptions, bar *progress.Progress) (*operationsWriter, error) {
	s := &operationsWriter{p: p, left: o.limit}
	if o.limit == oneOfEach {
		s.kinds = map[customerio.Action]bool{}
	}
	if !p.json && o.operations != "-" {
		s.screen = besideBar{bar, p.env.Stdout}
	}
	switch o.operations {
	case "":
	case "-":
		s.all = bufio.NewWriterSize(besideBar{bar, p.env.Stdout}, 256<<10)
	default:
		file, err := p.createOutput(output{flag: operationsFlag, path: o.operations, streams: true})
		if refused, ok := errors.AsType[*problem](err); ok {
			return nil, refused
		}
		if err != nil && p.ctx.Err() != nil {
			return nil, err
		}
		if err != nil {
			return nil, &problem{err: fmt.Errorf("write operations: %w", err), code: exit.State}
		}
		s.file, s.all = file, bufio.NewWriterSize(file, 256<<10)
	}
	return s, nil
}

// write gets every operation in the order of sending.
func (s *operationsWriter) write(operation customerio.Operation) error {
	if err := s.show(operation); err != nil {
		return err
	}
	if s.all == nil {
		return nil
	}
	text := operation.Body
	if s.file == nil && s.p.env.StdoutTerminal {
		text = []byte(terminal.Plain(string(text)))
	}
	_, err1 := s.all.Write(text)
	return errors.Join(err1, s.all.WriteByte('\n'))
}

// show shows an operation to a person if it is the first of its kind, or one of the first that are to be shown.
func (s *operationsWriter) show(operation customerio.Operation) error {
	switch {
	case s.screen == nil:
		return nil
	case s.kinds != nil:
		if s.kinds[operation.Action] {
			return nil
		}
		s.kinds[operation.Action] = true
		style := s.p.style(s.p.env.StdoutTerminal)
		_, err := fmt.Fprintln(s.screen, terminal.Operation(&operation, style, s.p.columns()))
		return err
	case s.left <= 0:
		return nil
	}
	s.left--
	s.shown++
	return s.showJSON(operation)
}

// showJSON lays one operation out as the JSON that would be sent.
func (s *operationsWriter) showJSON(operation customerio.Operation) error {
	var laid bytes.Buffer
	if err := json.Indent(&laid, operation.Body, "", "  "); err != nil {
		return fmt.Errorf("show an operation: %w", err)
	}
	style := s.p.style(s.p.env.StdoutTerminal)
	heading := fmt.Sprintf("%d  %s", s.shown, terminal.WordsFor(string(operation.Action), 1))
	_, err := fmt.Fprintf(s.screen, "%s\n%s\n\n", style.Bold(heading), terminal.Plain(laid.String()))
	return err
}

func (s *operationsWriter) close() error {
	if s.all == nil {
		return nil
	}
	err := s.all.Flush()
	if s.file != nil {
		err = errors.Join(err, s.file.Close())
	}
	if err != nil {
		return &problem{err: fmt.Errorf("write operations: %w", err), code: exit.State}
	}
	return nil
}
