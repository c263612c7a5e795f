// Package cutter makes connections to Redis that break after a script has run
// and before its answer is read. It is for tests only, and apart from storetest
// so that the engine's own tests, which storetest is built on, can use it.
package cutter

import (
	"bytes"
	"context"
	"io"
	"net"
	"sync/atomic"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
)

// Cutter breaks the connections that were made by its Connect. Its zero value
// breaks none.
type Cutter struct{ cuts atomic.Int32 }

// Connect opens the Redis at a URL (redis:// or unix://) over connections that
// the Cutter breaks, and closes them with the test.
func (c *Cutter) Connect(t testing.TB, url string) *redis.Client {
	t.Helper()
	o, err := redis.ParseURL(url)
	require.NoError(t, err)

	o.ContextTimeoutEnabled = true
	o.MinRetryBackoff, o.MaxRetryBackoff = -1, -1
	network, address := o.Network, o.Addr
	o.Dialer = func(ctx context.Context, _, _ string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		return &brittle{Conn: conn, cutter: c}, err
	}

	rdb := redis.NewClient(o)
	t.Cleanup(func() { _ = rdb.Close() })
	return rdb
}

// LoseNext has the answers to the next n scripts lost. go-redis sends a script
// four times before it gives up. A script must be known to Redis already: one
// that is sent whole (EVAL) is not broken off.
func (c *Cutter) LoseNext(n int32) { c.cuts.Store(n) }

// LostAll says whether as many answers were lost as [Cutter.LoseNext] asked for.
func (c *Cutter) LostAll() bool { return c.cuts.Load() <= 0 }

// brittle is a connection that breaks.
type brittle struct {
	net.Conn
	cutter *Cutter
	script atomic.Bool // whether a script was sent last
}

func (b *brittle) Write(p []byte) (int, error) {
	b.script.Store(bytes.Contains(p, []byte("evalsha")))
	return b.Conn.Write(p)
}

func (b *brittle) Read(p []byte) (int, error) {
	n, err := b.Conn.Read(p)
	if b.script.CompareAndSwap(true, false) && b.cutter.cuts.Add(-1) >= 0 {
		_ = b.Close()
		return 0, io.EOF
	}

	return n, err
}
