package command_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/testapp"
)

// ownerOf is the owner of the employer of the job that an import made or found.
func ownerOf(t *testing.T, b *testapp.Board, externalID string) *core.Record {
	t.Helper()
	employer := mustFind(t, b.TestApp, collections.Employers, importedJob(t, b.TestApp, externalID).GetString("employer"))
	return mustFind(t, b.TestApp, collections.Users, employer.GetString("owner"))
}

func TestWhoeverFoundsACompanyBeforeAnImportDoesNotReceiveItsJobs(t *testing.T) {
	t.Parallel()
	b := testapp.NewBoard(t, hooks.Bind)
	squat, squatter := b.Employer("City Clinic")
	out, err := importFile(t, b.TestApp, []string{nurseRow, row(2, "")})
	if err != nil {
		t.Fatal(err, out)
	}
	mustContain(t, out, "2 created", "1 companies created", "City Clinic (city-clinic)")
	for _, id := range []string{"1", "2"} {
		if owner := ownerOf(t, b, id); owner.Id == squatter.Id || owner.GetDateTime("deactivatedAt").IsZero() {
			t.Errorf("the job %s went to %s", id, owner.Email())
		}
	}
	b.Update(squat, map[string]any{"verified": true})
	if out, err = importFile(t, b.TestApp, []string{nurseRow, row(2, ""), row(3, "")}); err != nil {
		t.Fatal(err, out)
	}
	mustContain(t, out, "3 rows: 1 created, 0 updated, 2 unchanged, 0 refused")
	if owner := ownerOf(t, b, "3"); owner.Id != squatter.Id {
		t.Errorf("a verified company's job went to %s", owner.Email())
	}
	if owner := ownerOf(t, b, "2"); owner.Id == squatter.Id {
		t.Error("a job changed hands")
	}
}

func TestWhoeverDraftsAJobBeforeAnImportDoesNotReceiveItsApplicants(t *testing.T) {
	t.Parallel()
	for name, values := range map[string]map[string]any{
		"under another name":          {"name": "Squatters"},
		"under the company's name":    {"name": "City Clinic"},
		"verified under another name": {"name": "Squatters", "verified": true},
	} {
		t.Run(name, func(t *testing.T) {
			b := testapp.NewBoard(t, hooks.Bind)
			squat, _ := b.Employer("Squatters")
			squat = b.Update(squat, values)
			draft := b.Job(squat, "Mine", map[string]any{"status": "draft", "source": "feed", "externalId": "1"})
			closing := strings.Replace(nurseRow, `"feed"`, `"feed","status":"published"`, 1)
			out, err := importFile(t, b.TestApp, []string{closing, row(2, "")})
			if err != nil {
				t.Fatal(err, out)
			}
			mustContain(t, out, "2 rows: 1 created, 0 updated, 0 unchanged, 1 refused", "line 1: externalId:", "squatters", "--employer")
			if after := b.Reload(draft); after.GetString("title") != "Mine" || after.GetString("status") != "draft" {
				t.Errorf("the draft is %q and %s", after.GetString("title"), after.GetString("status"))
			}
			out, err = importFile(t, b.TestApp, []string{closing}, "--employer", "City Clinic=squatters")
			if err != nil {
				t.Fatal(err, out)
			}
			mustContain(t, out, "1 updated")
		})
	}
}

func TestImportIntoACompanyThatItsAdminNames(t *testing.T) {
	t.Parallel()
	b := testapp.NewBoard(t, hooks.Bind)
	employer, _ := b.Employer("Known Works")
	slug := employer.GetString("slug")
	byID := fmt.Sprintf(`,"employer":%q`, employer.Id)
	for n, test := range []struct{ row, flag string }{
		{strings.Replace(row(0, ""), "City Clinic", "KNOWN  works", 1), slug},
		{strings.Replace(row(1, ""), "City Clinic", "Known Works", 1), employer.Id},
		{row(2, ""), "city clinic = " + slug},
		{row(3, byID), slug},
		{row(4, byID), "Somebody Else=" + slug},
	} {
		if out, err := importFile(t, b.TestApp, []string{test.row}); err == nil && strings.Contains(out, "1 created") &&
			importedJob(t, b.TestApp, fmt.Sprint(n)).GetString("employer") == employer.Id {
			t.Errorf("row %d went to the company unasked", n)
		}
		if _, err := b.DB().Delete(collections.Jobs, dbx.HashExp{"externalId": fmt.Sprint(n)}).Execute(); err != nil {
			t.Fatal(err)
		}
		out, err := importFile(t, b.TestApp, []string{test.row}, "--employer", "", "--employer", test.flag)
		if err == nil {
			t.Errorf("an empty --employer is accepted: %s", out)
		}
		if out, err = importFile(t, b.TestApp, []string{test.row}, "--employer", test.flag); err != nil {
			t.Fatal(err, out)
		}
		mustContain(t, out, "1 rows: 1 created")
		if got := importedJob(t, b.TestApp, fmt.Sprint(n)).GetString("employer"); got != employer.Id {
			t.Errorf("row %d went to %s", n, got)
		}
	}
	out, err := importFile(t, b.TestApp, []string{row(9, "")}, "--employer", "nobody")
	if err == nil || !strings.Contains(err.Error(), "nobody") {
		t.Errorf("an unknown company: %v\n%s", err, out)
	}
	if n := count(t, b.TestApp, collections.Jobs); n != 5 {
		t.Errorf("%d jobs, want 5", n)
	}
}

func TestImportRefusesACompanyThatAFileNamesByItsID(t *testing.T) {
	t.Parallel()
	b := testapp.NewBoard(t, hooks.Bind)
	employer, _ := b.Employer("Squatters")
	line := row(1, fmt.Sprintf(`,"employer":%q`, employer.Id))
	out, err := importFile(t, b.TestApp, []string{line})
	if err != nil {
		t.Fatal(err, out)
	}
	mustContain(t, out, "1 refused", "line 1: employer:", "--employer")
	b.Update(employer, map[string]any{"verified": true})
	if out, err = importFile(t, b.TestApp, []string{line}); err != nil || !strings.Contains(out, "1 created") {
		t.Errorf("a verified company: %v\n%s", err, out)
	}
}

func TestACompanyThatWasClaimedAndVerifiedKeepsItsImportedJobs(t *testing.T) {
	t.Parallel()
	b := testapp.NewBoard(t, hooks.Bind)
	if out, err := importFile(t, b.TestApp, []string{nurseRow}); err != nil {
		t.Fatal(err, out)
	}
	company := mustFind(t, b.TestApp, collections.Employers, importedJob(t, b.TestApp, "1").GetString("employer"))
	_, clara := b.Employer("Elsewhere")
	b.Update(company, map[string]any{"owner": clara.Id})
	changed := strings.Replace(nurseRow, `"Nurse"`, `"Head Nurse"`, 1)
	out, err := importFile(t, b.TestApp, []string{changed})
	if err != nil {
		t.Fatal(err, out)
	}
	mustContain(t, out, "1 refused", "externalId: 1 of feed is a job of City Clinic (city-clinic)")
	b.Update(company, map[string]any{"verified": true})
	if out, err = importFile(t, b.TestApp, []string{changed, row(2, "")}); err != nil {
		t.Fatal(err, out)
	}
	mustContain(t, out, "1 created, 1 updated")
	if owner := ownerOf(t, b, "2"); owner.Id != clara.Id {
		t.Errorf("the new job went to %s", owner.Email())
	}
}

func TestACompanyOfTheBoardWithMembersIsInTheirHands(t *testing.T) {
	t.Parallel()
	b := testapp.NewBoard(t, hooks.Bind)
	if out, err := importFile(t, b.TestApp, []string{nurseRow}); err != nil {
		t.Fatal(err, out)
	}
	clinic := mustFind(t, b.TestApp, collections.Employers, importedJob(t, b.TestApp, "1").GetString("employer"))
	mallory := b.User(collections.RoleEmployer, "mallory")
	clinic = b.Update(clinic, map[string]any{"members": []string{mallory.Id}, "name": "Town Clinic"})
	out, err := importFile(t, b.TestApp, []string{nurseRow, strings.Replace(row(2, ""), "City Clinic", "Town Clinic", 1)})
	if err != nil {
		t.Fatal(err, out)
	}
	mustContain(t, out, "1 created", "1 refused")
	if importedJob(t, b.TestApp, "2").GetString("employer") == clinic.Id {
		t.Error("a job went to a company whose members had renamed it")
	}
}

// Whoever registers the board's own address, founds companies and leaves would else own what imports make, through the
// companies' members.
func TestNobodyBecomesTheBoardsOwnAccount(t *testing.T) {
	t.Parallel()
	b := testapp.NewBoard(t, hooks.Bind)
	friend := b.User(collections.RoleEmployer, "friend")
	squatter := b.Record(collections.Users, map[string]any{
		"email": "board@jobboard.invalid", "password": "correct horse", "name": "Squatter", "role": collections.RoleEmployer,
	})
	squat := b.Record(collections.Employers, map[string]any{
		"owner": squatter.Id, "name": "City Clinic", "members": []string{friend.Id},
	})
	b.Update(squatter, map[string]any{"deactivatedAt": types.NowDateTime()})
	if out, err := importFile(t, b.TestApp, []string{nurseRow}); err != nil {
		t.Fatal(err, out)
	}
	if got := importedJob(t, b.TestApp, "1").GetString("employer"); got == squat.Id || ownerOf(t, b, "1").Id == squatter.Id {
		t.Error("the job went to who left the board's own address behind")
	}
}

func TestImportLeavesTheBoardsOwnAccountAsItIs(t *testing.T) {
	t.Parallel()
	b := testapp.NewBoard(t, hooks.Bind)
	if out, err := importFile(t, b.TestApp, []string{nurseRow}); err != nil {
		t.Fatal(err, out)
	}
	before := ownerOf(t, b, "1")
	second := strings.NewReplacer("City Clinic", "Town Clinic", `"1"`, `"2"`).Replace(nurseRow)
	if out, err := importFile(t, b.TestApp, []string{second}); err != nil {
		t.Fatal(err, out)
	}
	after := ownerOf(t, b, "2")
	if after.Id != before.Id || after.GetString("updated") != before.GetString("updated") || after.TokenKey() != before.TokenKey() {
		t.Error("the account was written again, or another one made")
	}
}
