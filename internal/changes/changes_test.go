package changes_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/changes"
	"jobboard/internal/leadership"
	"jobboard/internal/testapp"
)

type node struct {
	leading bool
	err     error
}

func (n *node) Leading() bool               { return n.leading }
func (n *node) Await(context.Context) error { return n.err }

func newBoard(t *testing.T, n *node) *testapp.Board {
	t.Helper()
	return testapp.NewBoard(t, func(app core.App) {
		if n != nil {
			leadership.Set(app, n)
		}
	}, changes.Bind)
}

// all returns the changes with numbers above after.
func all(t *testing.T, app core.App, after int64) []changes.Change {
	t.Helper()
	last, err := changes.Last(app)
	if err != nil {
		t.Fatal(err)
	}
	list, err := changes.Between(app, after, last, 1_000)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestABoardThatRunsAloneWritesNothing(t *testing.T) {
	board := newBoard(t, nil)
	written := 0
	changes.OnWritten(board.TestApp, func() { written++ })
	ann := board.Seeker("ann")
	if err := changes.Write(board.TestApp, ann.Collection(), changes.Update, []changes.Saved{{Record: ann.Id}}); err != nil {
		t.Fatal(err)
	}
	if list := all(t, board.TestApp, 0); len(list) != 0 || written != 0 {
		t.Errorf("wrote %v and told of it %d times", list, written)
	}
	if may, err := changes.Confirmed(t.Context(), board.TestApp); !may || err != nil {
		t.Errorf("may tell: %t, %v", may, err)
	}
}

func TestChangesAreOfTheTransaction(t *testing.T) {
	board := newBoard(t, &node{leading: true})
	written := 0
	changes.OnWritten(board.TestApp, func() { written++ })
	ann := board.Seeker("ann")
	begin, err := changes.Last(board.TestApp)
	if err != nil {
		t.Fatal(err)
	}
	undo := errors.New("undo")
	before := written
	err = board.RunInTransaction(func(tx core.App) error {
		ann.Set("name", "Anna")
		if err := tx.Save(ann); err != nil {
			return err
		}
		return undo
	})
	if !errors.Is(err, undo) || len(all(t, board.TestApp, begin)) != 0 || written != before {
		t.Fatalf("undone: %v, %v", err, all(t, board.TestApp, begin))
	}

	notifications, err := board.FindCachedCollectionByNameOrId(collections.Notifications)
	if err != nil {
		t.Fatal(err)
	}
	note := core.NewRecord(notifications)
	note.Load(map[string]any{"user": ann.Id, "kind": collections.KindAccount, "title": "News"})
	silent := core.NewRecord(notifications)
	silent.Load(map[string]any{"user": ann.Id, "kind": collections.KindAccount, "title": "A mail"})
	changes.Silence(silent)
	err = board.RunInTransaction(func(tx core.App) error {
		fresh, err := tx.FindRecordById(collections.Users, ann.Id)
		if err != nil {
			return err
		}
		return errors.Join(tx.Save(note), tx.Save(silent), tx.Save(fresh), tx.Delete(note))
	})
	if err != nil {
		t.Fatal(err)
	}
	list := all(t, board.TestApp, begin)
	var got []string
	for n, change := range list {
		got = append(got, change.Action+" "+change.Record+" for "+change.User)
		if change.First != begin+1 || change.Seq != begin+1+int64(n) {
			t.Errorf("the change %+v is not of the transaction from %d on", change, begin+1)
		}
	}
	want := []string{"create " + note.Id + " for " + ann.Id, "update " + ann.Id + " for ", "delete " + note.Id + " for " + ann.Id}
	if !slices.Equal(got, want) || written != before+1 {
		t.Fatalf("wrote %q and told of it %d times, want %q", got, written-before, want)
	}
	deleted, err := list[2].Deleted(notifications)
	if err != nil || deleted.Id != note.Id || deleted.GetString("title") != "News" || deleted.GetDateTime("created").IsZero() {
		t.Errorf("the deleted record is %v (%v)", deleted, err)
	}
	if found, err := changes.DeletionOf(board.DB(), list[0]); err != nil || found == nil || found.Seq != list[2].Seq {
		t.Errorf("the deletion is %v (%v)", found, err)
	}
}

// The rows of all collections can be kept, without secrets.
func TestDeletionsKeepNoSecrets(t *testing.T) {
	board := newBoard(t, &node{leading: true})
	owner := board.User(collections.RoleEmployer, "owner")
	employer := board.Record(collections.Employers, map[string]any{"owner": owner.Id, "name": "Acme", "slug": "acme"})
	job := board.Job(employer, "Developer")
	for _, record := range []*core.Record{job, employer, owner} {
		if err := board.Delete(board.Reload(record)); err != nil {
			t.Fatal(err)
		}
		list := all(t, board.TestApp, 0)
		deletion := list[len(list)-1]
		restored, err := deletion.Deleted(record.Collection())
		if err != nil {
			t.Fatal(err)
		}
		for _, field := range record.Collection().Fields {
			name := field.GetName()
			if secret := name == core.FieldNamePassword || name == core.FieldNameTokenKey; secret {
				if restored.GetString(name) != "" {
					t.Errorf("%s is kept", name)
				}
			} else if name != "updated" && restored.GetString(name) != record.GetString(name) {
				t.Errorf("%s of the deleted record of %s is %q, was %q", name, record.Collection().Name, restored.GetString(name),
					record.GetString(name))
			}
		}
	}
}

func TestOldChangesGoButTheLast(t *testing.T) {
	board := newBoard(t, &node{leading: true})
	board.Seeker("ann")
	board.Seeker("ben")
	last, err := changes.Last(board.TestApp)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		at    time.Time
		first int64
	}{{time.Now(), 1}, {time.Now().Add(time.Hour), last}} {
		if _, err := changes.Trim(board.TestApp, step.at); err != nil {
			t.Fatal(err)
		}
		if list := all(t, board.TestApp, step.first-1); len(list) != int(last-step.first)+1 {
			t.Errorf("%d changes are left, the last is %d", len(list), last)
		}
	}
	if _, err := changes.Between(board.TestApp, 0, last, 10); !errors.Is(err, changes.ErrGap) {
		t.Errorf("what is no longer kept: %v", err)
	}
	if _, err := changes.Between(board.TestApp, last+1, last, 10); !errors.Is(err, changes.ErrGap) {
		t.Errorf("another database: %v", err)
	}
	board.Seeker("cem")
	if list := all(t, board.TestApp, last); len(list) == 0 || list[0].Seq != last+1 {
		t.Errorf("the next changes are %v", list)
	}
}

func TestOldChangesKeepNothingOfDeletedRecords(t *testing.T) {
	board := newBoard(t, &node{leading: true})
	ann := board.Seeker("ann")
	if err := board.Delete(ann); err != nil {
		t.Fatal(err)
	}
	kept := func() (rows int) {
		t.Helper()
		err := board.DB().NewQuery("SELECT count(*) FROM record_changes WHERE data LIKE '%ann@example.com%'").Row(&rows)
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	if kept() == 0 {
		t.Error("nothing is kept of a deleted user for those who are connected")
	}
	for range 2 {
		if _, err := changes.Trim(board.TestApp, time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if rows := kept(); rows != 0 {
		t.Errorf("%d old changes tell of a deleted user", rows)
	}
}

func TestWhoHasLedMayTellNothing(t *testing.T) {
	n := &node{leading: true}
	board := newBoard(t, n)
	may := func() bool {
		t.Helper()
		ok, err := changes.Confirmed(t.Context(), board.TestApp)
		if err != nil {
			t.Error(err)
		}
		return ok
	}
	if !may() {
		t.Error("a leader may tell nothing")
	}
	n.leading, n.err = false, errors.New("lost")
	if may() {
		t.Error("a former leader may tell what may be lost")
	}
	leadership.Applied(board.TestApp)
	if !may() {
		t.Error("a follower may tell nothing")
	}
	n.leading = true
	if ok, err := changes.Confirmed(t.Context(), board.TestApp); ok || err == nil {
		t.Errorf("a leader whose log doesn't have it may tell: %t, %v", ok, err)
	}
}

// More changes than are looked through at once, or missing ones, have everything read anew.
func TestFollowersAreToldOrReadAnew(t *testing.T) {
	n := &node{leading: true}
	board := newBoard(t, n)
	ann := board.Seeker("ann")
	n.leading = false
	var told []string
	refreshed := 0
	note := func(what string) func(core.App, changes.Change) {
		return func(_ core.App, change changes.Change) { told = append(told, what+change.Action+" "+change.Record) }
	}
	changes.OnChange(board.TestApp, note(""), collections.Users)
	changes.OnChange(board.TestApp, note("account "), changes.Accounts)
	changes.OnRefresh(board.TestApp, func(core.App) error { refreshed++; return nil })
	must := func(wantRefreshed int, want ...string) {
		t.Helper()
		leadership.Applied(board.TestApp)
		if !slices.Equal(told, want) || refreshed != wantRefreshed {
			t.Errorf("told %q and read anew %d times, want %q and %d", told, refreshed, want, wantRefreshed)
		}
		told, refreshed = nil, 0
	}
	save := func(times int) {
		n.leading = true
		for range times {
			board.Update(ann, map[string]any{"name": "Anna"})
		}
		n.leading = false
	}
	must(1)
	must(0)
	save(1)
	must(0, "update "+ann.Id, "account update "+ann.Id)
	err := board.RunInTransaction(func(tx core.App) error {
		return changes.Write(tx, ann.Collection(), changes.Update, slices.Repeat([]changes.Saved{{Record: ann.Id}}, 2_001))
	})
	if err != nil {
		t.Fatal(err)
	}
	must(1)
	save(3)
	for more := true; more; {
		if more, err = changes.Trim(board.TestApp, time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	must(1)
	leadership.Changed(board.TestApp, false)
	must(1)
}
