package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/alicebob/miniredis/v2"
)

// Embedded is a Redis that lives and dies with this process: for the demo,
// for tests and for a first try, not for several replicas.
type Embedded struct {
	URL     string // to give to [Connect]
	Durable bool   // whether the data outlives the process
	stop    func() error
}

// StartEmbedded starts the redis-server found on PATH, with its append-only
// file in dir and reachable over a Unix socket there. Where there is none, or
// dir is "", a small in-process Redis stands in, which keeps nothing.
func StartEmbedded(ctx context.Context, dir string) (*Embedded, error) {
	program, err := exec.LookPath("redis-server")
	if err != nil || dir == "" {
		return startInProcess()
	}

	if dir, err = filepath.Abs(dir); err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}

	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}

	// A socket's path is limited to about 100 bytes, so it is not put into
	// dir, whose path may be longer.
	run, err := os.MkdirTemp("", "smarketer-redis-")
	if err != nil {
		return nil, fmt.Errorf("socket directory: %w", err)
	}

	socket := filepath.Join(run, "redis.sock")
	cmd := exec.CommandContext(context.WithoutCancel(ctx), program, "--port", "0", "--unixsocket", socket, "--unixsocketperm", "700",
		"--dir", dir, "--appendonly", "yes", "--appendfsync", "everysec", "--save", "",
		"--maxmemory-policy", "noeviction", "--logfile", filepath.Join(dir, "redis.log"), "--daemonize", "no")
	unlock, err := guard(cmd, filepath.Join(dir, "lock"))
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(run))
	}

	if err := cmd.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start redis-server: %w", err), unlock(), os.RemoveAll(run))
	}

	exited := make(chan struct{})
	go func() { _ = cmd.Wait(); close(exited) }()
	e := &Embedded{URL: "unix://" + socket, Durable: true}
	e.stop = func() error {
		_ = cmd.Process.Signal(os.Interrupt) // redis-server writes its file out, then exits
		select {
		case <-exited:
		case <-time.After(10 * time.Second):
			_ = cmd.Process.Kill()
			<-exited
		}

		return errors.Join(unlock(), os.RemoveAll(run))
	}
	if err := waitForRedis(ctx, e.URL, exited, filepath.Join(dir, "redis.log")); err != nil {
		return nil, errors.Join(err, e.stop())
	}

	return e, nil
}

// waitForRedis waits until the server has loaded its data, at most 30 s.
func waitForRedis(ctx context.Context, url string, exited <-chan struct{}, log string) error {
	rdb, err := Connect(url)
	if err != nil {
		return err
	}
	defer rdb.Close()
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		if rdb.Ping(ctx).Err() == nil {
			return nil
		}

		select {
		case <-exited:
			return fmt.Errorf("redis-server ended at once: see %s", log)
		case <-ctx.Done():
			return fmt.Errorf("redis-server did not answer within 30 s: see %s", log)
		case <-tick.C:
		}
	}
}

func startInProcess() (*Embedded, error) {
	m := miniredis.NewMiniRedis()
	if err := m.Start(); err != nil {
		return nil, fmt.Errorf("in-process redis: %w", err)
	}

	return &Embedded{URL: "redis://" + m.Addr(), stop: func() error { m.Close(); return nil }}, nil
}

// Close ends the Redis; what is durable is on disk by then.
func (e *Embedded) Close() error { return e.stop() }
