package cli

import (
	"testing"

	"golang.org/x/sys/unix"
)

func TestNetworkFileSystemsByNumber(t *testing.T) {
	for _, c := range []struct {
		magic   uint32
		mounted string
		want    string
	}{
		{unix.NFS_SUPER_MAGIC, "", "nfs"}, {unix.SMB_SUPER_MAGIC, "", "smb"}, {unix.SMB2_SUPER_MAGIC, "", "smb"},
		{unix.CIFS_SUPER_MAGIC, "", "smb"}, {unix.V9FS_MAGIC, "", "9p"}, {unix.AFS_SUPER_MAGIC, "", "afs"}, {unix.AFS_FS_MAGIC, "", "afs"},
		{unix.CEPH_SUPER_MAGIC, "", "ceph"}, {unix.CODA_SUPER_MAGIC, "", "coda"}, {unix.NCP_SUPER_MAGIC, "", "ncp"}, {lustreMagic, "", "lustre"},
		{unix.FUSE_SUPER_MAGIC, "fuse.sshfs", "fuse.sshfs"}, {unix.FUSE_SUPER_MAGIC, "fuse.rclone", "fuse.rclone"},
		{unix.FUSE_SUPER_MAGIC, "fuse.fuse-overlayfs", ""}, {unix.FUSE_SUPER_MAGIC, "fuseblk", ""}, {unix.FUSE_SUPER_MAGIC, "", ""},
		{unix.EXT4_SUPER_MAGIC, "nfs", ""}, {unix.XFS_SUPER_MAGIC, "", ""}, {unix.BTRFS_SUPER_MAGIC, "", ""}, {unix.TMPFS_MAGIC, "", ""},
		{unix.OVERLAYFS_SUPER_MAGIC, "", ""}, {0, "", ""},
	} {
		if got := networkName(c.magic, func() string { return c.mounted }); got != c.want {
			t.Errorf("%#x mounted as %q: %q, want %q", c.magic, c.mounted, got, c.want)
		}
	}
}

func TestTheTypeOfAMount(t *testing.T) {
	const mounts = `21 26 0:20 / /proc rw,relatime - proc proc rw
36 35 98:0 /mnt1 /mnt - 2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
71 26 0:46 / /mnt/a\040b rw,nosuid shared:9 - fuse.sshfs me@host:/ rw,user_id=0
cut
72 26 0:47
`
	for _, c := range []struct {
		major, minor uint32
		want         string
	}{{0, 46, "fuse.sshfs"}, {0, 20, "proc"}, {0, 47, ""}, {9, 9, ""}} {
		if got := mountType(mounts, c.major, c.minor); got != c.want {
			t.Errorf("%d:%d is %q, want %q", c.major, c.minor, got, c.want)
		}
	}
	if got := mountedAs("/proc"); got != "proc" {
		t.Errorf("/proc is mounted as %q", got)
	}
}
