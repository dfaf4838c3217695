package transfer

import (
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/pocketbase/dbx"
	validation "github.com/pocketbase/ozzo-validation/v4"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/security"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/internal/problem"
)

// companyBook remembers the employers that the import has met, by their name in small letters.
type companyBook struct {
	ids     map[string]string
	owner   string          // of companies unknown so far, once needed
	dryRuns map[string]bool // companies that a dry run has made and taken back, so that each counts once
}

// companyChange is what one transaction adds to the book, kept when it stands.
type companyChange struct {
	book    *companyBook
	ids     map[string]string
	created map[string]bool
	owner   string
}

func (b *companyBook) begin() *companyChange {
	return &companyChange{book: b, ids: map[string]string{}, created: map[string]bool{}, owner: b.owner}
}

func (b *companyBook) keep(change *companyChange) {
	maps.Copy(b.ids, change.ids)
	b.owner = change.owner
}

func (b *companyBook) forget(change *companyChange) {
	if b.dryRuns == nil {
		b.dryRuns = map[string]bool{}
	}
	for key, id := range change.ids {
		if change.created[key] {
			b.dryRuns[key] = true
		} else {
			b.ids[key] = id
		}
	}
}

// find gives the employer of a job. A company unknown so far is created; it belongs to the board until it is claimed, that
// is until an admin changes its owner.
func (c *companyChange) find(tx core.App, job *Job) (id string, isNew bool, err error) {
	if job.EmployerID != "" {
		return job.EmployerID, false, nil // the relation is checked like any other
	}
	key := strings.ToLower(job.Company)
	for _, known := range []map[string]string{c.book.ids, c.ids} {
		if id := known[key]; id != "" {
			return id, false, nil
		}
	}
	var found []string
	// Of several with one name the verified one is meant, else the oldest.
	err = tx.DB().Select("id").From(collections.Employers).
		Where(dbx.NewExp("[[name]] = {:name} COLLATE NOCASE", dbx.Params{"name": job.Company})).
		OrderBy("verified DESC", "created", "id").Limit(1).Column(&found)
	if err != nil {
		return "", false, fmt.Errorf("look for the company %q: %w", job.Company, err)
	}
	if len(found) > 0 {
		c.ids[key] = found[0]
		return found[0], false, nil
	}
	if c.owner == "" {
		if c.owner, err = boardOwner(tx); err != nil {
			return "", false, err
		}
	}
	employers, err := tx.FindCachedCollectionByNameOrId(collections.Employers)
	if err != nil {
		return "", false, fmt.Errorf("find the collection of employers: %w", err)
	}
	employer := core.NewRecord(employers)
	employer.Load(map[string]any{"owner": c.owner, "name": job.Company})
	if err := tx.Save(employer); err != nil {
		var errs validation.Errors
		if errors.As(err, &errs) {
			return "", false, problem.Field("company", problem.InvalidValue, reasons(errs))
		}
		return "", false, fmt.Errorf("create the company %q: %w", job.Company, err)
	}
	c.ids[key], c.created[key] = employer.Id, true
	return employer.Id, !c.book.dryRuns[key], nil
}

// boardEmail is the address of the account that owns unclaimed companies. No mail can ever go there (RFC 2606).
const boardEmail = "board@jobboard.invalid"

// boardOwner gives the id of the account that unclaimed companies belong to, an employer that nobody can log in as. It is
// made on first need. Whoever registered the address before is passed over; were that account deactivated, its password is
// replaced by one that nobody knows.
func boardOwner(tx core.App) (string, error) {
	name, domain, _ := strings.Cut(boardEmail, "@")
	for n := 1; ; n++ {
		email := boardEmail
		if n > 1 {
			email = fmt.Sprintf("%s-%d@%s", name, n, domain)
		}
		found, err := tx.FindAllRecords(collections.Users, dbx.HashExp{"email": email})
		if err != nil {
			return "", fmt.Errorf("look for the board's own account: %w", err)
		}
		var user *core.Record
		if len(found) > 0 {
			user = found[0]
			if user.GetString("role") != collections.RoleEmployer || user.GetDateTime("deactivatedAt").IsZero() {
				continue
			}
		} else {
			users, err := tx.FindCachedCollectionByNameOrId(collections.Users)
			if err != nil {
				return "", fmt.Errorf("find the collection of users: %w", err)
			}
			user = core.NewRecord(users)
			user.Load(map[string]any{"email": email, "name": "Job board", "role": collections.RoleEmployer, "deactivatedAt": types.NowDateTime()})
		}
		user.SetPassword(security.RandomString(40))
		if err := tx.Save(user); err != nil {
			return "", fmt.Errorf("save the board's own account: %w", err)
		}
		return user.Id, nil
	}
}
