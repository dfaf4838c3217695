package realtime

import (
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
)

// AwaitIdle waits until no event of a collection is waiting for delivery.
func AwaitIdle(t testing.TB, app core.App, collection string) {
	t.Helper()
	found, err := app.FindCachedCollectionByNameOrId(collection)
	if err != nil {
		t.Fatal(err)
	}
	queue := app.Store().Get(hubKey).(*hub).queueOf(found)
	for deadline := time.Now().Add(30 * time.Second); queue.busy(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("events of %s still wait after 30 seconds", collection)
		}
	}
}
