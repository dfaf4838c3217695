//go:build unix

package checks

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// space returns the bytes on a folder's disk: those that this user may still fill, and all.
func space(dir string) (free, total uint64, err error) {
	var stat unix.Statfs_t
	if err := unix.Statfs(dir, &stat); err != nil {
		return 0, 0, fmt.Errorf("ask for the disk of %s: %w", dir, err)
	}
	block := uint64(stat.Bsize)
	return uint64(stat.Bavail) * block, uint64(stat.Blocks) * block, nil
}
