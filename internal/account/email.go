package account

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// StoredEmail returns how the account that an address means spells it: as it is, where an account has exactly that, else in
// small letters, as all addresses are stored but those of accounts that shared an address before.
func StoredEmail(app core.App, collection *core.Collection, typed string) (string, error) {
	lower := strings.ToLower(typed)
	if lower == typed || !strings.Contains(typed, "@") {
		return typed, nil
	}
	var exact int
	err := app.DB().Select("(1)").From(collection.Name).Where(dbx.HashExp{core.FieldNameEmail: typed}).Limit(1).Row(&exact)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return lower, nil
	case err != nil:
		return "", fmt.Errorf("look for an address in %s: %w", collection.Name, err)
	}
	return typed, nil
}
