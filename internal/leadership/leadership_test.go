package leadership_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/leadership"
	"jobboard/internal/testapp"
)

type node struct {
	leading bool
	err     error
}

func (n *node) Leading() bool               { return n.leading }
func (n *node) Await(context.Context) error { return n.err }

func TestABoardThatRunsAloneLeads(t *testing.T) {
	app := testapp.New(t)
	if leadership.Clustered(app) || !leadership.Leading(app) {
		t.Error("a board without a cluster does not lead")
	}
	if err := leadership.Await(t.Context(), app); err != nil {
		t.Error(err)
	}
}

func TestANodeIsAsked(t *testing.T) {
	app := testapp.New(t)
	lost := errors.New("lost")
	follower := &node{err: lost}
	leadership.Set(app, follower)
	if !leadership.Clustered(app) || leadership.Leading(app) {
		t.Error("a follower leads")
	}
	if err := leadership.Await(t.Context(), app); !errors.Is(err, lost) {
		t.Errorf("Await: %v, want %v", err, lost)
	}
	follower.leading = true
	if !leadership.Leading(app) {
		t.Error("a leader does not lead")
	}
	// Inside a transaction hooks see another app value of the same board.
	err := app.RunInTransaction(func(tx core.App) error {
		if !leadership.Clustered(tx) {
			t.Error("a transaction does not know the node")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestChangesAreTold(t *testing.T) {
	app := testapp.New(t)
	var told []bool
	applied := 0
	leadership.OnChange(app, func(leading bool) { told = append(told, leading) })
	leadership.OnApplied(app, func() { applied++ })
	leadership.Changed(app, true)
	leadership.Applied(app)
	leadership.Changed(app, false)
	if want := []bool{true, false}; !slices.Equal(told, want) || applied != 1 {
		t.Errorf("told %v and %d times of transactions, want %v and 1", told, applied, want)
	}
}
