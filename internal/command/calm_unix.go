//go:build unix

package command

import (
	"os"
	"strconv"
	"syscall"
)

// lowerPriority lowers the priority of all threads: on Linux each has its own, and new ones inherit it. Where that is not possible the
// process goes on as it is.
func lowerPriority(by int) {
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		_ = syscall.Setpriority(syscall.PRIO_PROCESS, 0, by)
		return
	}
	for _, thread := range threads {
		if id, err := strconv.Atoi(thread.Name()); err == nil {
			_ = syscall.Setpriority(syscall.PRIO_PROCESS, id, by)
		}
	}
}
