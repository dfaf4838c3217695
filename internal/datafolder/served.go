package datafolder

// Served reports whether another process serves the folder just now.
func Served(dir string) bool {
	borrowed, taken := acquire(dir)
	if taken != nil {
		return true
	}
	return borrowed.release() != nil
}
