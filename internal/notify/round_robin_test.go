package notify_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/pocketbase/dbx"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/notify"
	"jobboard/internal/testapp"
)

// dueSince makes the waiting mails of one user due some seconds after 2020 began, each a second after the one before.
func dueSince(t *testing.T, board *testapp.Board, user string, seconds int) {
	t.Helper()
	_, err := board.NonconcurrentDB().NewQuery(`UPDATE notifications SET mailAt = strftime('%Y-%m-%d %H:%M:%fZ', '2020-01-01',
			({:first} + (SELECT count(*) FROM notifications o WHERE o.user = notifications.user AND o.rowid < notifications.rowid)) || ' seconds')
		WHERE user = {:user} AND mail = 'pending'`).Bind(dbx.Params{"user": user, "first": seconds}).Execute()
	if err != nil {
		t.Fatal(err)
	}
}

// mustComeSoon takes some turns, among which the mail to one receiver must be.
func mustComeSoon(t *testing.T, board *testapp.Board, box *testapp.Mailbox, to string, turns int) {
	t.Helper()
	step := notify.NewMailWorker()
	for range turns {
		if _, err := step(board.TestApp); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for range turns {
		mail := box.MustReceive(t)
		if got = append(got, mail.To); mail.To == to {
			return
		}
	}
	t.Errorf("none to %s among the first: %v", to, got)
}

// Whose mails are many, each alone and due before anybody else's, gets no more turns for that.
func TestAReceiverOfManyMailsHoldsUpNobody(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind, bindNotify)
	box := board.CatchMail()
	many, few := board.Seeker("many"), board.Seeker("few")
	for range 200 {
		write(t, board.TestApp, notificationOf(collections.KindAccount), many)
	}
	write(t, board.TestApp, notificationOf(collections.KindJobClosed), few)
	dueSince(t, board, many.Id, 0)
	dueSince(t, board, few.Id, 1_000)
	mustComeSoon(t, board, box, "few@example.com", 4)
	post(t, board.TestApp)
	if states := mailStates(t, board.TestApp); states["sent"] != 201 {
		t.Errorf("states: %v", states)
	}
}

// Who causes mails to many at once, by closing a job, gets no more turns for that either.
func TestMailsCausedAtOnceHoldUpNobody(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind, bindNotify)
	box := board.CatchMail()
	few := board.Seeker("few")
	ids := make([]string, 60)
	for i := range ids {
		ids[i] = board.Seeker(fmt.Sprintf("applicant%d", i)).Id
	}
	if err := notify.WriteMany(board.TestApp, notificationOf(collections.KindJobClosed), ids...); err != nil {
		t.Fatal(err)
	}
	due(t, board.TestApp)
	write(t, board.TestApp, notificationOf(collections.KindApplicationStatusChanged), few)
	dueSince(t, board, few.Id, 1_000)
	mustComeSoon(t, board, box, "few@example.com", 4)
	post(t, board.TestApp)
	if states := mailStates(t, board.TestApp); states["sent"] != 61 {
		t.Errorf("states: %v", states)
	}
}

// Who has saved as many instant searches as one may keeps nobody waiting: one step asks more than those.
func TestInstantSearchesOfOneHoldUpNobody(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind)
	employer, _ := board.Employer("Acme")
	many, few := board.Seeker("many"), board.Seeker("few")
	for range 50 {
		saveSearch(t, board, many, `{"q":"baker"}`, "instant")
	}
	last := saveSearch(t, board, few, `{"q":"baker"}`, "instant")
	_, err := board.NonconcurrentDB().Update(collections.SavedSearches, dbx.Params{"id": "zzzzzzzzzzzzzzz"}, dbx.HashExp{"id": last.Id}).Execute()
	if err != nil {
		t.Fatal(err)
	}
	board.Job(employer, "Baker")
	for range 2 { // one step for seekers' profiles, one for the searches
		if _, err := notify.FanOutStep(board.TestApp); err != nil {
			t.Fatal(err)
		}
	}
	if told := toldOf(t, board.TestApp, collections.KindJobPublished); !slices.Equal(told, []string{"few", "many"}) {
		t.Errorf("told: %v", told)
	}
}

// Whose turn it is, is looked up by an index, whatever waits and whatever the statistics say.
func TestTheNextMailIsFoundByAnIndex(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind, bindNotify)
	board.CatchMail()
	tellSeekers(t, board, 4)
	testapp.EmptyStatistics(t, board.TestApp)
	for _, statement := range testapp.Statements(t, board.TestApp, func() { post(t, board.TestApp) }) {
		if scans := testapp.Scans(t, board.TestApp, statement); len(scans) > 0 {
			t.Errorf("%q in %s", scans, statement)
		}
	}
}

// Mail that nobody will get is not kept waiting for its turn.
func TestNoMailWaitsForAnUnverifiedAddress(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind)
	stranger := board.Update(board.Seeker("stranger"), map[string]any{"verified": false})
	ann := board.Seeker("ann")
	write(t, board.TestApp, notificationOf(collections.KindJobClosed), stranger, ann)
	if err := notify.WriteMany(board.TestApp, notificationOf(collections.KindJobClosed), stranger.Id, ann.Id); err != nil {
		t.Fatal(err)
	}
	for user, want := range map[string]string{stranger.Id: "none", ann.Id: "pending"} {
		if n := rows(t, board, fmt.Sprintf("SELECT count(*) FROM notifications WHERE user = '%s' AND mail = '%s'", user, want)); n != 2 {
			t.Errorf("%d of 2 notifications are %s", n, want)
		}
	}
}
