package cluster

import (
	"os"
	"strings"
)

// bootID names the time since this machine was started, or is "" where that is not known.
func bootID() string {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil { // not Linux
		return ""
	}
	return strings.TrimSpace(string(id))
}
