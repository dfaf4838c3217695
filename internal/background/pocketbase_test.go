package background_test

import (
	"slices"
	"testing"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/internal/background"
	"jobboard/internal/testapp"
)

func TestPocketBasesJobsRunWhereTheyBelong(t *testing.T) {
	t.Parallel()
	made := 0
	board := testapp.NewBoard(t, background.BindPocketBase, func(app core.App) {
		app.OnBackupCreate().BindFunc(func(*core.BackupEvent) error { made++; return nil })
	})
	user := board.Seeker("ann")
	otp := core.NewOTP(board.TestApp)
	otp.SetCollectionRef(user.Collection().Id)
	otp.SetRecordRef(user.Id)
	otp.SetPassword("12345678")
	if err := board.Save(otp); err != nil {
		t.Fatal(err)
	}
	otp.SetRaw("created", types.NowDateTime().AddDate(0, 0, -1))
	if err := board.SaveNoValidate(otp); err != nil {
		t.Fatal(err)
	}
	node := testapp.Join(board.TestApp, false)
	board.Handler()
	board.Settings().Backups.Cron = "0 0 1 1 *"
	if err := board.Save(board.Settings()); err != nil { // PocketBase schedules the backups now
		t.Fatal(err)
	}
	var ids []string
	for _, job := range board.Cron().Jobs() {
		ids = append(ids, job.Id())
	}
	slices.Sort(ids)
	want := []string{"__pbAutoBackup__", "__pbDBOptimize__", "__pbLogsCleanup__", "__pbMFACleanup__", "__pbOTPCleanup__"}
	if !slices.Equal(ids, want) { // a new one must be looked at
		t.Fatalf("PocketBase has the jobs %q, want %q", ids, want)
	}
	otps := func() (n int) {
		t.Helper()
		if err := board.DB().NewQuery("SELECT count(*) FROM {{_otps}}").Row(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	testapp.Freeze(t, board.TestApp, true)
	before := testapp.Version(t, board.TestApp)
	for _, id := range ids {
		testapp.RunCron(t, board.TestApp, id)
	}
	if made != 0 || otps() != 1 || testapp.Version(t, board.TestApp) != before {
		t.Error("a follower made a backup or wrote to the database")
	}
	if failures := testapp.LoggedErrors(t, board.TestApp); len(failures) > 0 {
		t.Errorf("a follower logged %q", failures)
	}
	testapp.Freeze(t, board.TestApp, false)
	node.Lead(true)
	for _, id := range ids {
		testapp.RunCron(t, board.TestApp, id)
	}
	if made != 1 || otps() != 0 {
		t.Errorf("the leader made %d backups and kept %d expired codes, want 1 and 0", made, otps())
	}
}
