package realtime_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/account"
	"jobboard/internal/changes"
	"jobboard/internal/database"
	"jobboard/internal/events"
	"jobboard/internal/leadership"
	"jobboard/internal/notify"
	"jobboard/internal/realtime"
	"jobboard/internal/session"
	"jobboard/internal/testapp"
)

var errLost = errors.New("this node no longer leads")

// clusterNode stands for internal/cluster.
type clusterNode struct {
	mu      sync.Mutex
	leading bool
	held    chan struct{} // Await waits until it is closed; nil for not at all
	awaited int
}

func (n *clusterNode) Leading() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.leading
}

func (n *clusterNode) Await(ctx context.Context) error {
	n.mu.Lock()
	n.awaited++
	held := n.held
	n.mu.Unlock()
	if held != nil {
		select {
		case <-held:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if !n.Leading() {
		return errLost
	}
	return nil
}

func (n *clusterNode) set(leading bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.leading = leading
}

// hold makes Await wait until release is called.
func (n *clusterNode) hold() (release func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	held := make(chan struct{})
	n.held = held
	return func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.held = nil
		close(held)
	}
}

// cluster is two boards on one data folder: what the leader commits the follower has at once, and learns of it by apply.
type cluster struct {
	leader, follower         *board
	leaderNode, followerNode *clusterNode
}

func newCluster(t testing.TB) *cluster {
	t.Helper()
	c := &cluster{leaderNode: &clusterNode{leading: true}, followerNode: &clusterNode{}}
	binds := func(node *clusterNode) []func(core.App) {
		return []func(core.App){
			func(app core.App) { leadership.Set(app, node) },
			database.Bind, changes.Bind, hooks.Bind, testapp.With(realtime.Bind, realtime.DefaultOptions()), events.Bind,
		}
	}
	leader := testapp.NewBoard(t, binds(c.leaderNode)...)
	// Without PocketBase's own way to tell other processes on the same folder.
	const watcher = "__pbNotifyWatcherSystemHook__"
	leader.OnModelAfterUpdateSuccess().Unbind(watcher)
	leader.OnCollectionAfterUpdateSuccess().Unbind(watcher)
	follower := leader.Twin(binds(c.followerNode)...)
	readOnly(t, follower, true)
	c.leader, c.follower = &board{leader, leader.Serve()}, &board{follower, follower.Serve()}
	c.apply()
	return c
}

func readOnly(t testing.TB, b *testapp.Board, on bool) {
	t.Helper()
	pragma := "PRAGMA query_only = 0"
	if on {
		pragma = "PRAGMA query_only = 1"
	}
	if _, err := b.NonconcurrentDB().NewQuery(pragma).Execute(); err != nil {
		t.Fatal(err)
	}
}

// apply tells the follower that the leader's transactions have arrived.
func (c *cluster) apply() { leadership.Applied(c.follower.TestApp) }

// takeOver makes the follower lead.
func (c *cluster) takeOver(t testing.TB) {
	t.Helper()
	c.leaderNode.set(false)
	leadership.Changed(c.leader.TestApp, false)
	readOnly(t, c.follower.Board, false)
	c.followerNode.set(true)
	leadership.Changed(c.follower.TestApp, true)
}

// listen connects a user to the follower. The token is made by the leader, since a follower can't save.
func (c *cluster) listen(t testing.TB, user *core.Record, topics ...string) *testapp.Listener {
	t.Helper()
	return testapp.Listen(t, c.follower.url, c.leader.Token(user), topics...)
}

func mustChange(t testing.TB, l *testapp.Listener, action, id string) map[string]any {
	t.Helper()
	got, seen := l.MustReceive(t).Change(t)
	if got != action || seen["id"] != id {
		t.Errorf("got %s of %v, want %s of %s", got, seen, action, id)
	}
	return seen
}

func TestFollowersGetEachChangeOnce(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	ann, ben := c.leader.Seeker("ann"), c.leader.Seeker("ben")
	c.apply()
	onLeader, onFollower := c.leader.listen(t, ann, "notifications/*"), c.listen(t, ann, "notifications/*")
	others := []*testapp.Listener{
		c.leader.listen(t, ben, "notifications/*"), c.listen(t, ben, "notifications/*"), c.listen(t, nil, "notifications/*"),
	}
	mine := []*testapp.Listener{onLeader, onFollower}

	record := c.leader.notification(t, ann, "Hello")
	c.apply()
	for _, l := range mine {
		seen := mustChange(t, l, "create", record.Id)
		if _, shown := seen["mail"]; shown || seen["title"] != "Hello" {
			t.Errorf("the follower shows %v", seen)
		}
	}
	c.leader.Update(record, map[string]any{"read": true})
	c.apply()
	for _, l := range mine {
		if seen := mustChange(t, l, "update", record.Id); seen["read"] != true {
			t.Errorf("updated: %v", seen)
		}
	}
	if err := c.leader.Delete(c.leader.Reload(record)); err != nil {
		t.Fatal(err)
	}
	c.apply()
	c.apply() // as for a transaction of another kind
	for _, l := range mine {
		if seen := mustChange(t, l, "delete", record.Id); seen["title"] != "Hello" {
			t.Errorf("deleted: %v", seen)
		}
	}
	onLeader.MustReceiveNothing(t, c.leader.TestApp)
	onFollower.MustReceiveNothing(t, c.follower.TestApp)
	others[0].MustReceiveNothing(t, c.leader.TestApp)
	others[1].MustReceiveNothing(t, c.follower.TestApp)
	others[2].MustReceiveNothing(t, c.follower.TestApp)
}

// What arrives at once keeps its order and its actions, also if the record is gone by then.
func TestChangesThatArriveTogetherStay(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	ann := c.leader.Seeker("ann")
	c.apply()
	l := c.listen(t, ann, "notifications/*")
	record := c.leader.notification(t, ann, "Hello")
	c.leader.Update(record, map[string]any{"read": true})
	if err := c.leader.Delete(c.leader.Reload(record)); err != nil {
		t.Fatal(err)
	}
	silent := notify.Notification{Kind: collections.KindAccount, Title: "Only a mail", MailOnly: true}
	if err := notify.Write(c.leader.TestApp, silent, ann.Id); err != nil {
		t.Fatal(err)
	}
	c.apply()
	for _, action := range []string{"create", "update", "delete"} {
		mustChange(t, l, action, record.Id)
	}
	l.MustReceiveNothing(t, c.follower.TestApp)
}

func TestNotificationsOfPlainSQLReachFollowers(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	ann, ben := c.leader.Seeker("ann"), c.leader.Seeker("ben")
	c.apply()
	l, other := c.listen(t, ann, "notifications/*"), c.listen(t, ben, "notifications/*")
	err := c.leader.RunInTransaction(func(tx core.App) error {
		return notify.WriteMany(tx, notify.Notification{Kind: collections.KindAccount, Title: "To many"}, ann.Id, ben.Id)
	})
	if err != nil {
		t.Fatal(err)
	}
	c.apply()
	action, seen := l.MustReceive(t).Change(t)
	if action != "create" || seen["title"] != "To many" || seen["user"] != ann.Id {
		t.Errorf("got %s of %v", action, seen)
	}
	id, _ := seen["id"].(string)
	if action, seen := other.MustReceive(t).Change(t); action != "create" || seen["user"] != ben.Id {
		t.Errorf("the other got %s of %v", action, seen)
	}
	if n, err := notify.MarkAllRead(c.leader.TestApp, ann.Id); n != 1 || err != nil {
		t.Fatalf("marked %d as read: %v", n, err)
	}
	c.apply()
	if seen := mustChange(t, l, "update", id); seen["read"] != true {
		t.Errorf("marked as read: %v", seen)
	}
	l.MustReceiveNothing(t, c.follower.TestApp)
	other.MustReceiveNothing(t, c.follower.TestApp)
}

// A rule that leads to records that were deleted in the same transaction has the outcome that it had before.
func TestDeletionsAreShownByTheRulesBefore(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	employer, owner := c.leader.Employer("Acme")
	_, stranger := c.leader.Employer("Other")
	seeker := c.leader.Seeker("sam")
	application := c.leader.Application(seeker, c.leader.Job(employer, "Developer"))
	timeline, err := c.leader.FindFirstRecordByData(collections.ApplicationEvents, "application", application.Id)
	if err != nil {
		t.Fatal(err)
	}
	c.apply()
	topics := []string{"applications/*", "application_events/*"}
	others := c.listen(t, stranger, topics...)
	for _, who := range []*core.Record{owner, seeker} {
		for _, l := range []*testapp.Listener{c.listen(t, who, topics[0]), c.leader.listen(t, who, topics[0])} {
			defer func() { mustChange(t, l, "delete", application.Id) }()
		}
		for _, l := range []*testapp.Listener{c.listen(t, who, topics[1]), c.leader.listen(t, who, topics[1])} {
			defer func() { mustChange(t, l, "delete", timeline.Id) }()
		}
	}
	if err := c.leader.Delete(application); err != nil {
		t.Fatal(err)
	}
	c.apply()
	others.MustReceiveNothing(t, c.follower.TestApp)
}

func TestAccountsChangeOnFollowers(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	ann, ben, root := c.leader.Seeker("ann"), c.leader.Seeker("ben"), c.leader.Superuser("root")
	c.apply()
	tokens := map[string]string{"ann": c.leader.Token(ann), "root": c.leader.Token(root)}
	deactivated := testapp.Listen(t, c.follower.url, tokens["ann"], "notifications/*")
	left := testapp.Listen(t, c.follower.url, tokens["root"], "jobs/*")
	stays := c.listen(t, ben, "notifications/*")
	if _, err := account.Deactivate(c.leader.TestApp, nil, ann.Id); err != nil {
		t.Fatal(err)
	}
	if err := session.Revoke(c.leader.TestApp, tokens["root"]); err != nil {
		t.Fatal(err)
	}
	c.leader.Update(ben, map[string]any{"name": "Benjamin"})
	c.apply()
	deactivated.AwaitEnd(t)
	left.MustEnd(t)
	if got := c.follower.CallWithToken(tokens["root"], "GET", testapp.Records(collections.Users), nil); len(got.Items()) != 0 {
		t.Errorf("a revoked session still reads %d users on the follower", len(got.Items()))
	}
	client, err := c.follower.SubscriptionsBroker().ClientById(stays.ID)
	if err != nil {
		t.Fatal(err)
	}
	if auth, _ := client.Get(apis.RealtimeClientAuthKey).(*core.Record); auth == nil || auth.GetString("name") != "Benjamin" {
		t.Errorf("who has stayed connected is %v", auth)
	}
	record := c.leader.notification(t, ben, "Still here")
	c.apply()
	mustChange(t, stays, "create", record.Id)
}

func TestSettingsAndRulesChangeOnFollowers(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	ann := c.leader.Seeker("ann")
	c.apply()
	settings, err := c.leader.Settings().Clone()
	if err != nil {
		t.Fatal(err)
	}
	settings.Meta.AppName = "Renamed"
	if err := c.leader.Save(settings); err != nil {
		t.Fatal(err)
	}
	reloads := 0
	c.follower.OnSettingsReload().BindFunc(func(e *core.SettingsReloadEvent) error {
		reloads++
		return e.Next()
	})
	c.apply()
	c.leader.notification(t, ann, "No setting")
	c.apply()
	if got := c.follower.Settings().Meta.AppName; got != "Renamed" || reloads != 1 {
		t.Errorf("the follower's name is %q after reading the settings %d times", got, reloads)
	}

	jobs, err := c.leader.FindCollectionByNameOrId(collections.Jobs)
	if err != nil {
		t.Fatal(err)
	}
	employer, _ := c.leader.Employer("Acme")
	c.leader.Job(employer, "Developer")
	before, err := c.follower.FindCachedCollectionByNameOrId(collections.Jobs)
	if err != nil {
		t.Fatal(err)
	}
	c.apply()
	if again, _ := c.follower.FindCachedCollectionByNameOrId(collections.Jobs); again != before {
		t.Error("the collections were read anew although none has changed")
	}
	if got := c.follower.Call(nil, "GET", testapp.Records(collections.Jobs), nil); got.Status != 200 {
		t.Fatalf("a guest's list: %d", got.Status)
	}
	jobs.ListRule = nil
	if err := c.leader.Save(jobs); err != nil {
		t.Fatal(err)
	}
	c.apply()
	if got := c.follower.Call(nil, "GET", testapp.Records(collections.Jobs), nil); got.Status != 403 {
		t.Errorf("the list that is for superusers by now: %d", got.Status)
	}
}

func TestLeaderTellsNobodyBeforeTheLogHasIt(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	ann := c.leader.Seeker("ann")
	l := c.leader.listen(t, ann, "notifications/*")
	release := c.leaderNode.hold()
	first, second := c.leader.notification(t, ann, "First"), c.leader.notification(t, ann, "Second")
	l.MustReceiveNothing(t, c.leader.TestApp)
	release()
	mustChange(t, l, "create", first.Id)
	mustChange(t, l, "create", second.Id)
	l.MustReceiveNothing(t, c.leader.TestApp)
}

// What the former leader has committed and not told is told by each node once, and what the new leader commits too.
func TestTakeoverLosesAndDoublesNothing(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	ann := c.leader.Seeker("ann")
	c.apply()
	onFormer, onNew := c.leader.listen(t, ann, "notifications/*"), c.listen(t, ann, "notifications/*")
	told := c.leader.notification(t, ann, "Told")
	c.apply()
	mustChange(t, onFormer, "create", told.Id)
	mustChange(t, onNew, "create", told.Id)

	release := c.leaderNode.hold()
	tail := c.leader.notification(t, ann, "Tail")
	c.takeOver(t)
	release()
	mustChange(t, onNew, "create", tail.Id)
	own := c.follower.notification(t, ann, "Own")
	mustChange(t, onNew, "create", own.Id)
	onNew.MustReceiveNothing(t, c.follower.TestApp)

	// The former leader doesn't know what of its own was lost until it receives something.
	onFormer.MustReceiveNothing(t, c.leader.TestApp)
	leadership.Applied(c.leader.TestApp)
	mustChange(t, onFormer, "create", tail.Id)
	mustChange(t, onFormer, "create", own.Id)
	onFormer.MustReceiveNothing(t, c.leader.TestApp)
}

// A follower that was away for too long has its clients fetch what they have missed.
func TestGapEndsConnections(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	ann := c.leader.Seeker("ann")
	c.apply()
	l := c.listen(t, ann, "notifications/*")
	c.leader.notification(t, ann, "First")
	c.leader.notification(t, ann, "Second")
	_, err := c.leader.NonconcurrentDB().NewQuery("DELETE FROM record_changes WHERE seq < (SELECT max(seq) FROM record_changes)").Execute()
	if err != nil {
		t.Fatal(err)
	}
	c.apply()
	l.MustEnd(t)
	l = c.listen(t, ann, "notifications/*")
	third := c.leader.notification(t, ann, "Third")
	c.apply()
	mustChange(t, l, "create", third.Id)
}

func TestEventsReachFollowers(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	employer, owner := c.leader.Employer("Acme")
	c.apply()
	onLeader, onFollower := c.leader.listen(t, owner, "events/*"), c.listen(t, owner, "events/*")
	release := c.leaderNode.hold()
	job := c.leader.Job(employer, "Developer")
	onLeader.MustReceiveNothing(t, c.leader.TestApp)
	release()
	c.apply()
	for _, l := range []*testapp.Listener{onLeader, onFollower} {
		if action, seen := l.MustReceive(t).Change(t); action != "create" || seen["type"] != "job.published" || seen["job"] != job.Id {
			t.Errorf("got %s of %v", action, seen)
		}
	}
	onLeader.MustReceiveNothing(t, c.leader.TestApp)
	onFollower.MustReceiveNothing(t, c.follower.TestApp)
}

func TestKeysEndOnFollowers(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	employer, owner := c.leader.Employer("Acme")
	newKey := func() (key string, record *core.Record) {
		got := c.leader.Call(owner, "POST", testapp.Records(collections.APIKeys),
			map[string]any{"name": "Careers page", "employer": employer.Id, "scopes": []string{collections.ScopeJobsRead}})
		key, _ = got.Body["key"].(string)
		id, _ := got.Body["id"].(string)
		record, err := c.leader.FindRecordById(collections.APIKeys, id)
		if err != nil {
			t.Fatalf("made a key: %d %s", got.Status, got.Raw)
		}
		return key, record
	}
	deleted, record := newKey()
	orphaned, _ := newKey()
	c.apply()
	jobs := testapp.Records(collections.Jobs)
	must := func(key string, status int) {
		t.Helper()
		if got := c.follower.CallWithToken(key, "GET", jobs, nil); got.Status != status {
			t.Errorf("the follower answers %d %s, want %d", got.Status, got.Raw, status)
		}
	}
	must(deleted, 200)
	must(orphaned, 200)
	first := testapp.Listen(t, c.follower.url, deleted, "jobs/*")
	second := testapp.Listen(t, c.follower.url, orphaned, "jobs/*")
	if err := c.leader.Delete(record); err != nil {
		t.Fatal(err)
	}
	c.apply()
	first.MustEnd(t)
	must(deleted, 401)
	must(orphaned, 200)
	if _, err := account.Deactivate(c.leader.TestApp, nil, owner.Id); err != nil { // the only one of the employer's people
		t.Fatal(err)
	}
	c.apply()
	second.MustEnd(t)
	must(orphaned, 401)
}

func BenchmarkSaveInACluster(b *testing.B) {
	for _, clustered := range []bool{false, true, false, true} {
		b.Run(map[bool]string{false: "alone", true: "cluster"}[clustered], func(b *testing.B) {
			bind := []func(core.App){database.Bind, changes.Bind, hooks.Bind, testapp.With(realtime.Bind, realtime.DefaultOptions())}
			if clustered {
				bind = append(bind, func(app core.App) { leadership.Set(app, &clusterNode{leading: true}) })
			}
			board := testapp.NewBoard(b, bind...)
			ann := board.Seeker("ann")
			b.ResetTimer()
			for range b.N {
				if err := notify.Write(board.TestApp, notify.Notification{Kind: collections.KindAccount, Title: "News"}, ann.Id); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
