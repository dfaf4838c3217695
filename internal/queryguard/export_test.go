package queryguard

import (
	"testing"
	"time"
)

// SetPatience sets how long a request may take, until the test ends.
func SetPatience(t testing.TB, d time.Duration) {
	before := patience
	patience = d
	t.Cleanup(func() { patience = before })
}
