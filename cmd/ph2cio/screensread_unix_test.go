//go:build unix

package main

// helpScreens are those of somebody who asks what there is.
func helpScreens(s *screens) {
	s.shows("ph2cio", "ph2cio")
	s.shows("help", "ph2cio --help")
	s.shows("help-backfill", "ph2cio backfill --help")
}

// mistakeScreens are those of somebody who mistypes something.
func mistakeScreens(s *screens) {
	s.shows("typo-command", "ph2cio preveiw export/")
	s.shows("typo-value", "ph2cio preview --peopel all export/")
	s.shows("missing-file", "ph2cio preview exports/")
	s.shows("missing-credentials", "ph2cio backfill export/")
}

// inspectScreens are those of somebody who looks into an export.
func inspectScreens(s *screens) {
	s.shows("inspect", "ph2cio inspect export/")
	s.shows("inspect-small", "ph2cio inspect acornly_events.jsonl.gz")
	if s.size.columns == 80 {
		s.narrow(60).shows("inspect-60", "ph2cio inspect export/")
	}
}
