package cli

import (
	"runtime"
	"runtime/debug"

	"ph2cio/internal/mapping"
)

type versionInfo struct {
	Version       string `json:"version"`
	Commit        string `json:"commit"`
	Go            string `json:"go"`
	Platform      string `json:"platform"`
	EventIDScheme int    `json:"event_id_scheme"`
}

func version(commit string) versionInfo {
	v := versionInfo{
		Version: "devel", Commit: commit, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
		EventIDScheme: mapping.IDScheme,
	}
	info, ok := debug.ReadBuildInfo()
	if ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		v.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && v.Commit == "" {
			v.Commit = s.Value
		}
	}
	if v.Commit == "" {
		v.Commit = "unknown commit"
	}
	return v
}
