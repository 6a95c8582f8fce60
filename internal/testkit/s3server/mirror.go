package s3server

import (
	"bytes"
	"context"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Mirror is an http.Handler that answers as a server does whose buckets are the directories in a directory.
type Mirror struct {
	server *Server
	dir    string

	lock sync.Mutex
	has  map[string]map[string]version // of the files that the server has, by bucket and key
}

// version tells files of the same name apart.
type version struct {
	size     int64
	modified time.Time
}

// NewMirror returns a mirror of a directory.
func NewMirror(s *Server, dir string) *Mirror {
	return &Mirror{server: s, dir: dir, has: map[string]map[string]version{}}
}

// ServeHTTP answers a request. Before, the server gets what is in the directory of the bucket now.
func (m *Mirror) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	bucket, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if err := m.update(context.WithoutCancel(r.Context()), bucket); err != nil {
		http.Error(w, err.Error(), http.StatusConflict) // which clients do not repeat
		return
	}
	m.server.ServeHTTP(w, r)
}

// update makes a bucket what its directory is. A bucket without a directory does not exist.
func (m *Mirror) update(ctx context.Context, bucket string) error {
	m.lock.Lock()
	defer m.lock.Unlock()
	dir := filepath.Join(m.dir, bucket)
	if info, err := os.Stat(dir); bucket == "" || err != nil || !info.IsDir() {
		return nil
	}
	err := os.MkdirAll(filepath.Join(m.server.Root, bucket), 0o755)
	before, now := m.has[bucket], map[string]version{}
	if err == nil {
		err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			key, _ := filepath.Rel(dir, path) // which path is below
			key = filepath.ToSlash(key)
			info, err := entry.Info()
			if err != nil {
				return err
			}
			now[key] = version{info.Size(), info.ModTime()}
			if before[key] == now[key] {
				return nil
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			return m.server.put(ctx, bucket, key, bytes.NewReader(data))
		})
	}
	for key := range before {
		if _, still := now[key]; !still && err == nil {
			err = m.server.remove(ctx, bucket, key)
		}
	}
	if err == nil {
		m.has[bucket] = now
	}
	return err
}
