package cli

import (
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// networkFS names the network file system that a path is on, empty for a local or an unknown one.
func networkFS(path string) string {
	var fs unix.Statfs_t
	if unix.Statfs(path, &fs) != nil {
		return ""
	}
	name := unix.ByteSliceToString(fs.Fstypename[:])
	if slices.Contains(overNetwork, name) {
		return name
	}
	return ""
}

// overNetwork are the types of mounts whose files are on another machine (man 8 mount).
var overNetwork = strings.Fields("nfs smbfs afpfs webdav ftp sshfs")
