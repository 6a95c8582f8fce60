package cli

import (
	"errors"
	"fmt"
	"os"
	"runtime/pprof"

	"github.com/spf13/pflag"
)

// profiling is for those who work on ph2cio itself.
type profiling struct{ cpu string }

func (o *profiling) addFlags(f *pflag.FlagSet) {
	f.StringVar(&o.cpu, "cpuprofile", "", "write a CPU profile to this `file`")
	_ = f.MarkHidden("cpuprofile")
}

// start begins profiling if it was asked for; stop ends it.
func (o *profiling) start() (stop func(), err error) {
	if o.cpu == "" {
		return func() {}, nil
	}
	file, err := os.Create(o.cpu)
	if err != nil {
		return nil, fmt.Errorf("write a CPU profile: %w", err)
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return func() {
		pprof.StopCPUProfile()
		_ = file.Close()
	}, nil
}
