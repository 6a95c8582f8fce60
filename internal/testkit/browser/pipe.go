package browser

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// mostWait is how long an answer may take.
const mostWait = 30 * time.Second

// message is a command, an answer or an event.
type message struct {
	ID      int64           `json:"id,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Session string          `json:"sessionId,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *struct {
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

// pipe sends commands, and gives answers to those who wait for them and events to their pages.
type pipe struct {
	to   io.Writer
	done chan struct{} // closed when the browser says nothing any more

	mu     sync.Mutex
	last   int64
	waits  map[int64]chan message
	events map[string]func(message) // by session
}

func newPipe(to io.Writer, from io.Reader) *pipe {
	p := &pipe{to: to, done: make(chan struct{}), waits: map[int64]chan message{}, events: map[string]func(message){}}
	go p.read(from)
	return p
}

func (p *pipe) read(from io.Reader) {
	defer close(p.done)
	in := bufio.NewReader(from)
	for {
		text, err := in.ReadBytes(0) // each message ends with a NUL
		if err != nil {
			return
		}
		var m message
		if json.Unmarshal(text[:len(text)-1], &m) != nil {
			continue
		}
		p.mu.Lock()
		waits, event := p.waits[m.ID], p.events[m.Session]
		delete(p.waits, m.ID)
		p.mu.Unlock()
		switch {
		case m.ID != 0 && waits != nil:
			waits <- m
		case m.ID == 0 && event != nil:
			event(m)
		}
	}
}

func (p *pipe) wait() { <-p.done }

// listen gives the events of a session to a function, which must not call anything.
func (p *pipe) listen(session string, event func(message)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.events[session] = event
}

// call sends a command and waits for its answer.
func (p *pipe) call(session, method string, params any) (json.RawMessage, error) {
	text := []byte("{}")
	if params != nil {
		var err error
		if text, err = json.Marshal(params); err != nil {
			return nil, err
		}
	}
	answer := make(chan message, 1)
	p.mu.Lock()
	p.last++
	id := p.last
	p.waits[id] = answer
	command, err := json.Marshal(message{ID: id, Method: method, Params: text, Session: session})
	if err == nil {
		_, err = p.to.Write(append(command, 0))
	}
	p.mu.Unlock()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", method, err)
	}
	select {
	case m := <-answer:
		if m.Error != nil {
			return nil, fmt.Errorf("%s: %s", method, m.Error.Message)
		}
		return m.Result, nil
	case <-p.done:
		return nil, errors.New(method + ": the browser has ended")
	case <-time.After(mostWait):
		return nil, errors.New(method + ": the browser does not answer")
	}
}
