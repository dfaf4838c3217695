package account

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// StoredEmail returns the spelling by which an account with the typed address is stored: as typed where an account has exactly
// that, else in lower case. Only accounts that shared an address on an older board are stored in another case.
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
