package account_test

import (
	"testing"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/account"
	"jobboard/internal/testapp"
)

// What is asked at each login reads a few rows.
func TestAccountsAreFoundByAnIndex(t *testing.T) {
	board := testapp.NewBoard(t, hooks.Bind)
	asked := testapp.Statements(t, board.TestApp, func() {
		_, _ = board.FindAuthRecordByEmail(collections.Users, "nobody@example.com")
		users, err := board.FindCachedCollectionByNameOrId(collections.Users)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := account.StoredEmail(board.TestApp, users, "Nobody@example.com"); err != nil {
			t.Fatal(err)
		}
	})
	if len(asked) != 2 {
		t.Errorf("%d statements: %q", len(asked), asked)
	}
	for _, statement := range asked {
		if scans := testapp.Scans(t, board.TestApp, statement); len(scans) > 0 {
			t.Errorf("%q in %s", scans, statement)
		}
	}
}
