package objectstore

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/zeebo/xxh3"

	"ph2cio/internal/leftovers"
)

// cache is a directory with objects that were fetched. The name of a file is a hash of all that distinguishes
// the version of an object, so that another version has another file. Files appear when they are complete,
// and end with a checksum, since after a power loss a file may lack what was written to it: syncing thousands
// of small files would take longer than fetching them. A run checks what earlier runs have left. Several runs
// may share a directory.
//
// What this run has read or written stays, because its second pass reads it again; the rest goes when room is
// needed, the longest unused first. When nothing is left to remove, nothing more is kept.
type cache struct {
	dir   string
	limit int64
	since time.Time // what was written or checked from then on needs no check

	lock  sync.Mutex
	used  int64
	old   []oldFile       // of earlier runs, the longest unused last, some of which may have been used since
	ahead map[string]bool // those with a later time, from a clock that was wrong, until they were checked
}

type oldFile struct {
	name string
	size int64
	used time.Time
}

const (
	cachedEnd = ".object"
	cachePart = ".part" // of temporary files

	checksumSize = 8 // bytes at the end of a file
)

// openCache opens the cache in a directory, which it makes if there is none.
func openCache(dir string, limit int64) (*cache, error) {
	if err := makeCacheDir(dir); err != nil {
		return nil, fmt.Errorf("the cache directory: %w", err)
	}
	leftovers.Remove(dir, leftovers.Pattern{Before: temporaryPrefix, After: cachePart, Age: leftovers.Brief})
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("the cache directory: %w", err)
	}
	c := &cache{dir: dir, limit: limit, since: time.Now(), ahead: map[string]bool{}}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || !info.Mode().IsRegular() || !strings.HasSuffix(entry.Name(), cachedEnd) {
			continue
		}
		if info.ModTime().After(c.since) {
			c.ahead[entry.Name()] = true
		}
		c.used += info.Size()
		c.old = append(c.old, oldFile{entry.Name(), info.Size(), info.ModTime()})
	}
	slices.SortFunc(c.old, func(a, b oldFile) int { return cmp.Or(b.used.Compare(a.used), cmp.Compare(a.name, b.name)) })
	return c, nil
}

// makeCacheDir makes a directory, unless it is there, and tries to write to it. Nobody else may write to it,
// since whoever can may put rows into what is read from it.
func makeCacheDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	info, err := os.Lstat(filepath.Clean(dir))
	switch {
	case err != nil:
		return err
	case info.Mode()&fs.ModeSymlink != 0:
		return fmt.Errorf("%s is a symbolic link", dir)
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o022 != 0:
		return fmt.Errorf("other users of this machine can write to %s", dir)
	}
	file, err := os.CreateTemp(dir, temporaryPrefix+"*"+cachePart)
	if err != nil {
		return err
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}

// cacheNameOf returns the name in a cache of the object with all these properties.
func cacheNameOf(properties ...string) string {
	h := sha256.New()
	for _, one := range properties {
		fmt.Fprintf(h, "%d:%s", len(one), one)
	}
	return hex.EncodeToString(h.Sum(nil)) + cachedEnd
}

// has reports whether an object is in the cache. A nil cache has none.
func (c *cache) has(name string, size int64) bool {
	_, found := c.stat(name, size)
	return found
}

func (c *cache) stat(name string, size int64) (info os.FileInfo, found bool) {
	if c == nil || name == "" {
		return nil, false
	}
	info, err := os.Lstat(filepath.Join(c.dir, name))
	return info, err == nil && info.Mode().IsRegular() && info.Size() == size+checksumSize
}

// use is like has, for an object that will be opened and so must not be removed. It checks a file of an
// earlier run, and removes one that is damaged.
func (c *cache) use(name string, size int64) bool {
	info, found := c.stat(name, size)
	if !found {
		return false
	}
	path := filepath.Join(c.dir, name)
	if info.ModTime().Before(c.since) || c.isAhead(name) {
		if !intact(path, size) {
			_ = os.Remove(path) // if it stays, it is found damaged again
			return false
		}
		now := time.Now()
		_ = os.Chtimes(path, now, now) // otherwise it is checked again, and may be removed
		c.lock.Lock()
		delete(c.ahead, name)
		c.lock.Unlock()
	}
	return true
}

func (c *cache) isAhead(name string) bool {
	c.lock.Lock()
	defer c.lock.Unlock()
	return c.ahead[name]
}

// intact reports whether a file has the checksum that it ends with.
func intact(path string, size int64) bool {
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	var sum uint64
	block := make([]byte, blockSize)
	for at := int64(0); at < size; at += blockSize {
		part := block[:min(blockSize, size-at)]
		if _, err := file.ReadAt(part, at); err != nil {
			return false
		}
		sum += xxh3.HashSeed(part, uint64(at))
	}
	var end [checksumSize]byte
	_, err = file.ReadAt(end[:], size)
	return err == nil && binary.LittleEndian.Uint64(end[:]) == sum
}

// open opens an object in the cache, and returns nil if it is not there.
func (c *cache) open(name string, size int64) *os.File {
	if !c.use(name, size) {
		return nil
	}
	file, err := os.Open(filepath.Join(c.dir, name))
	if err != nil {
		return nil
	}
	return file
}

// create begins to add an object. It returns nil if there is no room for it, or no cache.
func (c *cache) create(name string, size int64) *cacheFile {
	if c == nil || name == "" || !c.makeRoom(size) {
		return nil
	}
	file, err := os.CreateTemp(c.dir, temporaryPrefix+"*"+cachePart) // 0600, and never through a link
	if err != nil {
		c.giveBack(size)
		return nil
	}
	leftovers.Lock(file)
	return &cacheFile{cache: c, file: file, name: name, size: size}
}

// makeRoom makes room for size bytes, and takes it. It returns false if that is impossible.
func (c *cache) makeRoom(size int64) bool {
	c.lock.Lock()
	defer c.lock.Unlock()
	if size > c.limit {
		return false
	}
	for c.used+size > c.limit && len(c.old) > 0 {
		last := c.old[len(c.old)-1]
		c.old = c.old[:len(c.old)-1]
		path := filepath.Join(c.dir, last.name)
		if info, err := os.Lstat(path); err == nil && !info.ModTime().Equal(last.used) {
			continue // this run or another uses it
		}
		if err := os.Remove(path); err == nil || errors.Is(err, fs.ErrNotExist) {
			c.used -= last.size
		}
	}
	if c.used+size > c.limit {
		return false
	}
	c.used += size
	return true
}

// add gives a complete file its name. It returns false if that fails, or if there is such a file already,
// which counts as used already.
func (c *cache) add(f *cacheFile) bool {
	c.lock.Lock()
	defer c.lock.Unlock()
	return !c.has(f.name, f.size) && os.Rename(f.file.Name(), filepath.Join(c.dir, f.name)) == nil
}

func (c *cache) giveBack(size int64) {
	c.lock.Lock()
	defer c.lock.Unlock()
	c.used -= size
}

// cacheFile is an object that is being added to a cache. A nil cacheFile is none, and takes nothing.
type cacheFile struct {
	cache *cache
	file  *os.File
	name  string
	size  int64

	lock   sync.Mutex
	has    int64  // bytes that were written
	sum    uint64 // of the checksums of all blocks, which arrive in any order
	failed bool
	closed bool
}

// write writes a whole block, or the last one. Errors only keep the object out of the cache.
func (f *cacheFile) write(b []byte, at int64) {
	if f == nil || len(b) == 0 {
		return
	}
	f.lock.Lock()
	usable := !f.failed && !f.closed
	f.lock.Unlock()
	if !usable {
		return
	}
	sum := xxh3.HashSeed(b, uint64(at))
	_, err := f.file.WriteAt(b, at)
	f.lock.Lock()
	defer f.lock.Unlock()
	f.has += int64(len(b))
	f.sum += sum
	f.failed = f.failed || err != nil
}

// finish puts the object into the cache if all of it was written, and otherwise removes what there is. Later
// calls do nothing.
func (f *cacheFile) finish() {
	if f == nil {
		return
	}
	f.lock.Lock()
	defer f.lock.Unlock()
	if f.closed {
		return
	}
	f.closed = true
	complete := !f.failed && f.has == f.size
	if complete {
		_, err := f.file.WriteAt(binary.LittleEndian.AppendUint64(nil, f.sum), f.size)
		complete = err == nil
	}
	if err := f.file.Close(); err == nil && complete && f.cache.add(f) {
		return
	}
	_ = os.Remove(f.file.Name()) // a later run removes it if this cannot
	f.cache.giveBack(f.size)
}
