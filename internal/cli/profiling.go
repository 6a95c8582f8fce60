package cli

import (
	"bytes"
	"errors"
	"fmt"
	"runtime/pprof"

	"github.com/spf13/pflag"
)

// profiling has the hidden flag for work on ph2cio itself.
type profiling struct{ cpu string }

func (o *profiling) addFlags(f *pflag.FlagSet) {
	f.StringVar(&o.cpu, profileFlag, "", "write a CPU profile")
	describe(f, profileFlag, outputFlags, "FILE", sendsSame)
	_ = f.MarkHidden(profileFlag)
}

// start begins a CPU profile if the flag asks for one. stop ends it and writes the file.
func (o *profiling) start(p *program) (stop func(), err error) {
	if o.cpu == "" {
		return func() {}, nil
	}
	var profile bytes.Buffer
	if err := pprof.StartCPUProfile(&profile); err != nil {
		return nil, fmt.Errorf("start a CPU profile: %w", err)
	}
	return func() {
		pprof.StopCPUProfile()
		file, err := p.createOutput(output{flag: profileFlag, path: o.cpu})
		if err == nil {
			_, err = file.Write(profile.Bytes())
			err = errors.Join(err, file.Close())
		}
		if err != nil {
			p.warn("%v", err)
		}
	}, nil
}
