package transfer

import (
	"fmt"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/security"
	"github.com/pocketbase/pocketbase/tools/types"
	"golang.org/x/crypto/bcrypt"

	"jobboard/collections"
)

// boardEmail is the address of the account that owns unclaimed companies. No mail can ever go there (RFC 2606).
const boardEmail = "board@jobboard.invalid"

// findBoardAccount returns the id of the account that owns unclaimed companies or, while there is none, the address under which to
// create it: boardEmail, or the next free one if somebody else has registered that.
func findBoardAccount(app core.App) (id, freeEmail string, err error) {
	name, domain, _ := strings.Cut(boardEmail, "@")
	for n := 1; ; n++ {
		email := boardEmail
		if n > 1 {
			email = fmt.Sprintf("%s-%d@%s", name, n, domain)
		}
		found, err := app.FindAllRecords(collections.Users, dbx.HashExp{"email": email})
		switch {
		case err != nil:
			return "", "", fmt.Errorf("look for the board's own account: %w", err)
		case len(found) == 0:
			return "", email, nil
		case isBoardAccount(found[0]):
			return found[0].Id, "", nil
		}
	}
}

// isBoardAccount reports whether a user is the board's own account, and not a person who registered its address and left: only the
// board creates accounts that were never active. Nobody knows its password.
func isBoardAccount(user *core.Record) bool {
	deactivated := user.GetDateTime("deactivatedAt")
	return user.GetString("role") == collections.RoleEmployer && !deactivated.IsZero() && !deactivated.After(user.GetDateTime("created"))
}

// createBoardAccount creates the account, unless another import has just done so.
func createBoardAccount(tx core.App) (string, error) {
	id, email, err := findBoardAccount(tx)
	if err != nil || id != "" {
		return id, err
	}
	users, err := tx.FindCachedCollectionByNameOrId(collections.Users)
	if err != nil {
		return "", fmt.Errorf("find the collection of users: %w", err)
	}
	user := core.NewRecord(users)
	user.Load(map[string]any{"email": email, "name": "Job board", "role": collections.RoleEmployer, "deactivatedAt": types.NowDateTime()})
	// A dry run makes the account again in each of its transactions; nobody can guess this text, so its hash need not be slow.
	hash, err := bcrypt.GenerateFromPassword([]byte(security.RandomString(40)), bcrypt.MinCost)
	if err != nil {
		return "", fmt.Errorf("make a password for the board's own account: %w", err)
	}
	user.SetRaw("password", &core.PasswordFieldValue{Hash: string(hash)})
	if err := tx.Save(user); err != nil {
		return "", fmt.Errorf("save the board's own account: %w", err)
	}
	return user.Id, nil
}
