package cli

import (
	"fmt"
	"os"
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
	// The width of fs.Type differs between machines.
	return networkName(uint32(fs.Type), func() string { return mountedAs(path) })
}

// networkName names the network file system of a magic number (man 2 statfs). mounted returns the type of the
// mount, which is needed where the number does not say enough.
func networkName(magic uint32, mounted func() string) string {
	switch magic {
	case unix.NFS_SUPER_MAGIC:
		return "nfs"
	case unix.SMB_SUPER_MAGIC, unix.CIFS_SUPER_MAGIC, unix.SMB2_SUPER_MAGIC:
		return "smb"
	case unix.V9FS_MAGIC:
		return "9p"
	case unix.AFS_SUPER_MAGIC, unix.AFS_FS_MAGIC:
		return "afs"
	case unix.CEPH_SUPER_MAGIC:
		return "ceph"
	case unix.CODA_SUPER_MAGIC:
		return "coda"
	case unix.NCP_SUPER_MAGIC:
		return "ncp"
	case lustreMagic:
		return "lustre"
	case unix.FUSE_SUPER_MAGIC:
		return networkFUSE(mounted())
	}
	return ""
}

// lustreMagic is not among the kernel's own numbers, because Lustre comes as a separate module.
const lustreMagic = 0x0BD00BD0

// fuseOverNetwork are file systems in user space whose files are on another machine. Others, such as
// fuse-overlayfs, are local.
var fuseOverNetwork = strings.Fields(`sshfs s3fs rclone gcsfuse goofys mountpoint-s3 blobfuse blobfuse2 glusterfs ceph ceph-fuse juicefs
	davfs curlftpfs smbnetfs seaweedfs mfs cvmfs2 hdfs`)

func networkFUSE(mounted string) string {
	if slices.Contains(fuseOverNetwork, strings.TrimPrefix(mounted, "fuse.")) {
		return mounted
	}
	return ""
}

// mountedAs returns the type of the mount that a path is on, empty if unknown.
func mountedAs(path string) string {
	var stat unix.Stat_t
	if unix.Stat(path, &stat) != nil {
		return ""
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return ""
	}
	return mountType(string(mounts), unix.Major(uint64(stat.Dev)), unix.Minor(uint64(stat.Dev)))
}

// mountType finds a device's type in the text of /proc/self/mountinfo (man 5 proc_pid_mountinfo).
func mountType(mounts string, major, minor uint32) string {
	device := fmt.Sprintf("%d:%d", major, minor)
	for line := range strings.Lines(mounts) {
		before, after, found := strings.Cut(line, " - ")
		fields, types := strings.Fields(before), strings.Fields(after)
		if found && len(fields) > 2 && fields[2] == device && len(types) > 0 {
			return types[0]
		}
	}
	return ""
}
