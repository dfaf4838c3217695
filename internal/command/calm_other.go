//go:build !unix

package command

// lowerPriority does nothing: the system has no priorities that Go knows.
func lowerPriority(int) {}
