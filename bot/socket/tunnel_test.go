package socket_test

import (
	"io"
	"net"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// tunnel carries connections to an address until it is blocked: then those
// that are open stay open, and nothing comes through them any more.
type tunnel struct {
	net.Listener
	to      string
	mu      sync.Mutex
	epoch   chan struct{} // closed when the connections of now are blocked
	copying sync.WaitGroup
}

func newTunnel(t *testing.T, to string) *tunnel {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	tu := &tunnel{Listener: l, to: to, epoch: make(chan struct{})}
	tu.copying.Go(func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}

			out, err := net.Dial("tcp", to)
			if err != nil {
				_ = in.Close()
				continue
			}

			tu.mu.Lock()
			epoch := tu.epoch
			tu.mu.Unlock()
			tu.copying.Go(func() { carry(in, out, epoch) })
			tu.copying.Go(func() { carry(out, in, epoch) })
		}
	})
	return tu
}

func carry(from, to net.Conn, blocked <-chan struct{}) {
	defer func() { _ = to.Close() }()

	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		select {
		case <-blocked: // swallowed until one side gives up
			_, _ = io.Copy(io.Discard, from)
			return
		default:
		}

		if _, writeErr := to.Write(buffer[:n]); err != nil || writeErr != nil {
			return
		}
	}
}

func (tu *tunnel) block() {
	tu.mu.Lock()
	defer tu.mu.Unlock()

	close(tu.epoch)
	tu.epoch = make(chan struct{})
}
