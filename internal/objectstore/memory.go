package objectstore

import (
	"context"
	"sync"
)

// blockSize is the size of a block of memory, in bytes.
const blockSize = 64 << 10

// blocksFor returns how many blocks hold size bytes.
func blocksFor(size int64) int { return int((size + blockSize - 1) / blockSize) }

// memory is the memory for what has been fetched and not been read yet. A part reserves all blocks that it
// needs before it is fetched, so that no two parts wait for each other. A part that its reader waits for
// takes its blocks although there are none left; until they are released, nobody else gets any.
type memory struct {
	most int // blocks

	lock  sync.Mutex
	left  int           // blocks that may be reserved; negative if too many were taken
	spare [][]byte      // blocks that are not used
	freed chan struct{} // closed when blocks are released
}

func newMemory(bytes int64) *memory {
	most := max(blocksFor(bytes), 1)
	return &memory{most: most, left: most, freed: make(chan struct{})}
}

// reserve waits until n blocks are left, or all of them if n is more, and reserves n.
func (m *memory) reserve(ctx context.Context, n int) error {
	for {
		m.lock.Lock()
		if m.left >= min(n, m.most) {
			m.left -= n
			m.lock.Unlock()
			return nil
		}
		freed := m.freed
		m.lock.Unlock()
		select {
		case <-freed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// take reserves n blocks at once.
func (m *memory) take(n int) {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.left -= n
}

// block returns one of the reserved blocks.
func (m *memory) block() []byte {
	m.lock.Lock()
	defer m.lock.Unlock()
	if last := len(m.spare) - 1; last >= 0 {
		b := m.spare[last]
		m.spare = m.spare[:last]
		return b
	}
	return make([]byte, blockSize)
}

// release gives n reserved blocks back, the used ones among them.
func (m *memory) release(n int, used ...[]byte) {
	if n == 0 {
		return
	}
	m.lock.Lock()
	defer m.lock.Unlock()
	m.left += n
	for _, b := range used {
		if len(m.spare) < m.most {
			m.spare = append(m.spare, b)
		}
	}
	close(m.freed)
	m.freed = make(chan struct{})
}
