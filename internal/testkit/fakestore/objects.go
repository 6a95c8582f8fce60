package fakestore

import (
	"crypto/md5"
	"encoding/hex"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// Objects are what a server has. Its methods may be called by several goroutines at once.
type Objects interface {
	// Keys returns the keys of a bucket, in any order. They are not changed. found is false if there is no
	// such bucket.
	Keys(bucket string) (keys []string, found bool)
	// Object returns an object. found is false if there is none.
	Object(bucket, key string) (o Object, found bool)
}

// Object is an object of a server.
type Object struct {
	Data     []byte
	Tag      string // with its quotes
	Modified time.Time
}

func newObject(data []byte, modified time.Time) Object {
	sum := md5.Sum(data)
	return Object{Data: data, Tag: `"` + hex.EncodeToString(sum[:]) + `"`, Modified: modified}
}

// Directory is the path of a directory that has a directory for each bucket, whose files are the objects.
type Directory string

// Keys returns the keys of the files of a bucket.
func (d Directory) Keys(bucket string) (keys []string, found bool) {
	dir := filepath.Join(string(d), bucket)
	if info, err := os.Stat(dir); err != nil || !info.IsDir() || bucket == "" {
		return nil, false
	}
	_ = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error { // what cannot be read is not there
		if err == nil && !entry.IsDir() {
			key, _ := filepath.Rel(dir, path)
			keys = append(keys, filepath.ToSlash(key))
		}
		return nil
	})
	return keys, true
}

// Object returns what is in a file now.
func (d Directory) Object(bucket, key string) (o Object, found bool) {
	path := filepath.Join(string(d), bucket, filepath.FromSlash(key))
	data, err := os.ReadFile(path)
	info, statErr := os.Stat(path)
	if err != nil || statErr != nil {
		return Object{}, false
	}
	return newObject(data, info.ModTime()), true
}

// Memory has one bucket, "bucket", in memory. The zero value is empty.
type Memory struct {
	lock    sync.Mutex
	objects map[string]Object // by key
}

// Put adds an object, or replaces it. The data must not change afterwards.
func (m *Memory) Put(key string, data []byte) {
	m.lock.Lock()
	defer m.lock.Unlock()
	if m.objects == nil {
		m.objects = map[string]Object{}
	}
	m.objects[key] = newObject(data, time.Unix(1_780_000_000, 123_000_000))
}

// Delete removes an object.
func (m *Memory) Delete(key string) {
	m.lock.Lock()
	defer m.lock.Unlock()
	delete(m.objects, key)
}

// Keys returns the keys of the bucket.
func (m *Memory) Keys(bucket string) (keys []string, found bool) {
	m.lock.Lock()
	defer m.lock.Unlock()
	return slices.Collect(maps.Keys(m.objects)), bucket == "bucket"
}

// Object returns an object of the bucket.
func (m *Memory) Object(bucket, key string) (o Object, found bool) {
	m.lock.Lock()
	defer m.lock.Unlock()
	o, found = m.objects[key]
	return o, found && bucket == "bucket"
}
