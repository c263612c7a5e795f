//go:build unix

package store

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// guard keeps two redis-servers from writing to one directory. The lock is
// handed down to the server, so it outlives a program that was killed for as
// long as the server does. guard also puts the server into a process group of
// its own: a Ctrl-C in the terminal must not end it before the program has
// written its last.
func guard(cmd *exec.Cmd, lock string) (unlock func() error, err error) {
	f, err := os.OpenFile(lock, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the data directory: %w", err)
	}

	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("%s is in use: another smarketer, or a redis-server that one left behind, is running on it", lock)
	}

	cmd.ExtraFiles = []*os.File{f}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return f.Close, nil
}
