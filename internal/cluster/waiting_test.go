package cluster

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"jobboard/internal/bucket/buckettest"
	"jobboard/internal/cluster/txlog"
	"jobboard/internal/leadership"
)

// A program with newer migrations follows without serving, and makes them once it leads.
func TestANewerProgramWaitsForTheLead(t *testing.T) {
	settings := buckettest.Start(t)
	a := start(t, settings, t.TempDir())
	a.exec(schema)
	a.acknowledge()
	b := prepare(t, settings, t.TempDir())
	b.lacking = func(string) ([]string, error) { return []string{"newer.go"}, nil }
	b.launch()
	until(t, "the newer program follows", func() bool { return b.TXID() >= a.TXID() })
	select {
	case <-b.ready:
		t.Fatal("a board is served without its schema")
	default:
	}
	if err := a.StepDownFor(t.Context(), b.ID()); err != nil {
		t.Fatal(err)
	}
	select {
	case <-b.ready:
	case <-time.After(patience):
		t.Fatalf("the newer program does not lead: %+v", b.Status())
	}
	b.connect()
	b.exec("ALTER TABLE t ADD COLUMN newer")
	a.waitFor(b.acknowledge())
	if got := a.ask("SELECT count(newer) FROM t"); got != "0" {
		t.Errorf("the older program reads %s", got)
	}
}

func TestTheAppIsToldOfItsRole(t *testing.T) {
	settings := buckettest.Start(t)
	a := start(t, settings, t.TempDir())
	a.exec(schema)
	a.bootstrapped()
	told := make(chan bool, 10)
	leadership.OnChange(a.app, func(leading bool) { told <- leading })
	applied := make(chan struct{}, 100)
	leadership.OnApplied(a.app, func() { applied <- struct{}{} })
	a.acknowledge()
	b := start(t, settings, t.TempDir())
	if err := a.StepDownFor(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	ctx, done := context.WithTimeout(t.Context(), patience)
	defer done()
	if err := b.Promote(ctx); err != nil {
		t.Fatal(err)
	}
	b.exec("INSERT INTO t (n) VALUES (1)")
	a.waitFor(b.acknowledge())
	<-applied
	if err := a.Await(ctx); !errors.Is(err, txlog.ErrNotLeading) {
		t.Errorf("a follower awaits its writes: %v", err)
	}
	if err := a.StepDownFor(ctx, ""); !errors.Is(err, txlog.ErrNotLeading) {
		t.Errorf("a follower steps down: %v", err)
	}
	if err := b.StepDownFor(ctx, a.ID()); err != nil {
		t.Fatal(err)
	}
	if got := []bool{<-told, <-told}; !slices.Equal(got, []bool{false, true}) {
		t.Errorf("the app was told %v", got)
	}
	nodes, err := NodesIn(ctx, a.bucket)
	if err != nil || len(nodes) != 2 {
		t.Errorf("the nodes are %+v, %v", nodes, err)
	}
}

// What is committed but not in the log yet has its number already.
func TestWritesKnowTheirNumber(t *testing.T) {
	settings := buckettest.Start(t)
	a := start(t, settings, t.TempDir())
	a.exec(schema)
	b := start(t, settings, t.TempDir())
	for range 5 {
		a.exec("INSERT INTO t (n) VALUES (1)")
		number, err := a.LastWriteTXID(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		b.waitFor(number)
		if got, want := b.ask("SELECT count(*) FROM t"), a.ask("SELECT count(*) FROM t"); got != want {
			t.Errorf("at %d the follower has %s rows, want %s", number, got, want)
		}
	}
}
