package checks

import (
	"fmt"

	"golang.org/x/sys/windows"
)

// space returns the bytes on a folder's disk: those that this user may still fill, and all.
func space(dir string) (free, total uint64, err error) {
	path, err := windows.UTF16PtrFromString(dir)
	if err == nil {
		err = windows.GetDiskFreeSpaceEx(path, &free, &total, nil)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("ask for the disk of %s: %w", dir, err)
	}
	return free, total, nil
}
