package hooks_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/report"
	"jobboard/internal/testapp"
)

// finished waits until the background worker has made the report.
func finished(t *testing.T, board *testapp.Board, id string) *core.Record {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	record, err := report.Wait(ctx, board.TestApp, id)
	if err != nil {
		t.Fatal(err)
	}
	return record
}

func TestReportIsMadeAndItsAskerTold(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind)
	admin := board.Admin("ada")
	company, _ := board.Employer("Mill")
	board.Application(board.Seeker("sam"), board.Job(company, "=Miller"))

	for _, format := range collections.ReportFormats() {
		for _, kind := range collections.ReportKinds() {
			created := board.Call(admin, "POST", testapp.Records(collections.Reports), map[string]any{"kind": kind, "format": format})
			if created.Status != 200 || created.Body["status"] != collections.ReportPending || created.Body["requestedBy"] != admin.Id {
				t.Fatalf("%s %s: %d %s", kind, format, created.Status, created.Raw)
			}
			id := created.Body["id"].(string)
			done := finished(t, board, id)
			if done.GetString("status") != collections.ReportDone || done.GetInt("rows") == 0 ||
				!strings.HasSuffix(done.GetString("file"), "."+format) {
				t.Errorf("%s %s: status %q, error %q, rows %d, file %q", kind, format,
					done.GetString("status"), done.GetString("error"), done.GetInt("rows"), done.GetString("file"))
			}
			if _, err := board.FindFirstRecordByFilter(collections.Notifications,
				"user = {:user} && kind = 'report_ready' && data.report = {:report}",
				map[string]any{"user": admin.Id, "report": id}); err != nil {
				t.Errorf("%s %s: the asker was not told: %v", kind, format, err)
			}
		}
	}
}

func TestReportFileIsForAdminsAlone(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind)
	admin := board.Admin("ada")
	created := board.Call(admin, "POST", testapp.Records(collections.Reports), map[string]any{"kind": "users", "format": "csv"})
	done := finished(t, board, created.Body["id"].(string))
	path := "/api/files/" + done.BaseFilesPath() + "/" + done.GetString("file")
	if got := board.Call(nil, "GET", path, nil); got.Status != http.StatusNotFound {
		t.Errorf("a guest gets %d", got.Status)
	}
	for user, want := range map[*core.Record]int{admin: 200, board.Seeker("sam"): 404} {
		token := board.Call(user, "POST", "/api/files/token", nil).Body["token"].(string)
		request := httptest.NewRequest("GET", path+"?token="+token, nil)
		if got := board.Send(request); got.Status != want {
			t.Errorf("%s gets %d, want %d", user.GetString("role"), got.Status, want)
		} else if want == 200 && !strings.HasPrefix(got.Raw, "\ufeffid,name,role") {
			t.Errorf("the file begins with %.40q", got.Raw)
		}
	}
}

func TestUnsoundReportsAreRefusedByField(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind)
	admin := board.Admin("ada")
	for name, tt := range map[string]struct {
		body  map[string]any
		field string
	}{
		"unknown kind":       {map[string]any{"kind": "cats", "format": "csv"}, "kind"},
		"no kind":            {map[string]any{"format": "csv"}, "kind"},
		"unknown format":     {map[string]any{"kind": "jobs", "format": "xls"}, "format"},
		"no date":            {map[string]any{"kind": "jobs", "format": "csv", "from": "soon"}, "from"},
		"number for a date":  {map[string]any{"kind": "jobs", "format": "csv", "to": 5}, "to"},
		"backwards":          {map[string]any{"kind": "jobs", "format": "csv", "from": "2026-02-01", "to": "2026-01-31"}, "to"},
		"from tomorrow on":   {map[string]any{"kind": "jobs", "format": "csv", "from": "2999-01-01"}, "from"},
		"filters are a list": {map[string]any{"kind": "jobs", "format": "csv", "filters": []string{"x"}}, "filters"},
		"unknown filter":     {map[string]any{"kind": "jobs", "format": "csv", "filters": map[string]any{"color": "red"}}, "filters"},
		"unknown employer": {map[string]any{"kind": "jobs", "format": "csv", "filters": map[string]any{"employer": "nobody"}},
			"filters"},
		"status of another kind": {map[string]any{"kind": "jobs", "format": "csv", "filters": map[string]any{"status": "hired"}},
			"filters"},
		"number in a filter": {map[string]any{"kind": "jobs", "format": "csv", "filters": map[string]any{"jobType": 7}}, "filters"},
		"own status":         {map[string]any{"kind": "jobs", "format": "csv", "status": "done"}, "status"},
	} {
		answer := board.Call(admin, "POST", testapp.Records(collections.Reports), tt.body)
		if answer.Status != 400 || answer.Code(tt.field) == "" {
			t.Errorf("%s: %d %s", name, answer.Status, answer.Raw)
		}
	}
	if count, err := board.CountRecords(collections.Reports); err != nil || count != 0 {
		t.Errorf("%d reports were written (%v)", count, err)
	}
}

func TestBareDateMeansTheWholeDay(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind)
	created := board.Call(board.Admin("ada"), "POST", testapp.Records(collections.Reports),
		map[string]any{"kind": "jobs", "format": "csv", "from": "2026-01-01", "to": "2026-01-31",
			"filters": map[string]any{"status": "Published", "jobType": []string{"full-time"}}})
	if created.Body["from"] != "2026-01-01 00:00:00.000Z" || created.Body["to"] != "2026-01-31 23:59:59.999Z" {
		t.Errorf("%d from %v to %v", created.Status, created.Body["from"], created.Body["to"])
	}
}

func TestReportsCutOffAreMadeAtTheNextStart(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind)
	board.Seeker("sam")
	var ids []string
	for _, status := range []string{collections.ReportPending, collections.ReportRunning} {
		record := board.Record(collections.Reports, map[string]any{"kind": "users", "format": "csv"})
		board.Update(record, map[string]any{"status": status}) // as a kill leaves it: nothing is served yet, so no worker runs
		ids = append(ids, record.Id)
	}
	board = board.Restart(hooks.Bind)
	board.Handler() // serves
	for _, id := range ids {
		if done := finished(t, board, id); done.GetString("status") != collections.ReportDone || done.GetInt("rows") != 1 {
			t.Errorf("status %q (%s), %d rows", done.GetString("status"), done.GetString("error"), done.GetInt("rows"))
		}
	}
}

func TestReportThatCannotBeMadeFailsWithItsReason(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind)
	admin := board.Admin("ada")
	company, _ := board.Employer("Mill")
	record := board.Record(collections.Reports, map[string]any{
		"kind": "jobs", "format": "csv", "requestedBy": admin.Id, "filters": map[string]any{"employer": company.Id},
	})
	if err := board.Delete(company); err != nil {
		t.Fatal(err)
	}
	if err := report.Run(context.Background(), board.TestApp, record.Id); err != nil {
		t.Fatal(err)
	}
	failed := board.Reload(record)
	if failed.GetString("status") != collections.ReportFailed || !strings.Contains(failed.GetString("error"), "employer") ||
		failed.GetString("file") != "" {
		t.Errorf("status %q, error %q, file %q", failed.GetString("status"), failed.GetString("error"), failed.GetString("file"))
	}
	notification, err := board.FindFirstRecordByFilter(collections.Notifications, "user = {:user}", map[string]any{"user": admin.Id})
	if err != nil || !strings.Contains(notification.GetString("title"), "failed") {
		t.Errorf("the asker was told %v (%v)", notification, err)
	}
}
