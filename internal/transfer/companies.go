package transfer

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pocketbase/dbx"
	validation "github.com/pocketbase/ozzo-validation/v4"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/problem"
	"jobboard/internal/transfer/formats"
)

// companyBook holds the employers that an import may give jobs to, by their name in lower case. Anybody can create a company of any
// name, so a name alone is no proof: the employer must be one that the admin named for this import, a verified one, or one of the
// board itself.
type companyBook struct {
	named   map[string]string // by the admin
	only    string            // the id of the one employer that the admin named without a name of rows
	ids     map[string]string // found or created so far
	owner   string            // the board's own account, "" while there is none
	dryRuns map[string]bool   // companies that a dry run has created and rolled back, so that each counts once
}

// company is what an import needs to know of an employer, and what people recognise it by.
type company struct {
	ID   string `db:"id"`
	Name string `db:"name"`
	Slug string `db:"slug"`
	// Boards is true for a company of the board itself: the board's account owns it, and it has no members.
	Boards   bool `db:"boards"`
	Verified bool `db:"verified"`
}

func (c *company) String() string { return fmt.Sprintf("%s (%s)", c.Name, c.Slug) }

func (c *company) trusted() bool { return c.Boards || c.Verified }

// companyChange is what one transaction adds to the book; it is kept when the transaction is committed.
type companyChange struct {
	book    *companyBook
	ids     map[string]string
	created map[string]bool
	owner   string
	// namesakes are untrusted companies of the same name as that of a row, by that name.
	namesakes map[string]*company
}

func readCompanies(app core.App, named []string) (companyBook, error) {
	book := companyBook{named: map[string]string{}, ids: map[string]string{}, dryRuns: map[string]bool{}}
	var err error
	if book.owner, _, err = findBoardAccount(app); err != nil {
		return book, err
	}
	for _, flag := range named {
		name, slug, given := strings.Cut(flag, "=")
		if !given {
			slug = flag
		}
		slug = strings.TrimSpace(slug)
		found, err := book.begin().look(app, dbx.Or(dbx.HashExp{"slug": slug}, dbx.HashExp{"id": slug}))
		if err != nil {
			return book, err
		}
		if found == nil {
			return book, fmt.Errorf("there is no employer with the slug or id %q", slug)
		}
		if !given {
			name = found.Name
		}
		book.named[companyKey(name)] = found.ID
		if len(named) == 1 && !given {
			book.only = found.ID
		}
	}
	return book, nil
}

// companyKey returns the name in the form that is compared: "ACME  GmbH" and "Acme GmbH" are the same.
func companyKey(name string) string {
	return strings.ToLower(strings.Join(strings.Fields(name), " "))
}

func (b *companyBook) begin() *companyChange {
	return &companyChange{book: b, ids: map[string]string{}, created: map[string]bool{}, owner: b.owner, namesakes: map[string]*company{}}
}

func (b *companyBook) keep(change *companyChange) {
	maps.Copy(b.ids, change.ids)
	b.owner = change.owner
}

func (b *companyBook) forget(change *companyChange) {
	for key, id := range change.ids {
		if change.created[key] {
			b.dryRuns[key] = true
		} else {
			b.ids[key] = id
		}
	}
}

// look returns the first company that matches where, trusted ones first, or nil.
func (c *companyChange) look(app core.App, where dbx.Expression) (*company, error) {
	var found []company
	err := app.DB().Select("id", "name", "slug", "verified").
		AndSelect("([[owner]] = {:board} AND NOT EXISTS (SELECT 1 FROM {{"+collections.EmployerPeople+
			"}} WHERE [[employer]] = [[employers.id]] AND [[user]] != {:board} AND "+collections.IsStoredUser+")) AS boards").
		From(collections.Employers).Where(where).AndBind(dbx.Params{"board": c.owner}).
		OrderBy("verified DESC", "boards DESC", "created", "id").Limit(1).All(&found)
	if err != nil {
		return nil, fmt.Errorf("look for a company: %w", err)
	}
	if len(found) == 0 {
		return nil, nil
	}
	return &found[0], nil
}

// find returns the id of the employer that a job goes to, or "" if none can be trusted with it.
func (c *companyChange) find(tx core.App, job *formats.Job) (string, error) {
	if job.EmployerID != "" {
		return c.findByID(tx, job.EmployerID)
	}
	key := companyKey(job.Company)
	for _, known := range []map[string]string{c.book.named, c.book.ids, c.ids} {
		if id := known[key]; id != "" {
			return id, nil
		}
	}
	found, err := c.look(tx, dbx.NewExp("[[name]] = {:name} COLLATE NOCASE", dbx.Params{"name": job.Company}))
	if err != nil || found == nil {
		return "", err
	}
	if !found.trusted() {
		c.namesakes[key] = found
		return "", nil
	}
	c.ids[key] = found.ID
	return found.ID, nil
}

func (c *companyChange) findByID(tx core.App, id string) (string, error) {
	found, err := c.look(tx, dbx.HashExp{"id": id})
	switch {
	case err != nil:
		return "", err
	case found == nil:
		return "", problem.Field("employer", problem.InvalidValue, "there is no such employer")
	case found.trusted() || slices.Contains(slices.Collect(maps.Values(c.book.named)), id):
		return id, nil
	}
	return "", problem.Field("employer", problem.InvalidValue,
		fmt.Sprintf("%s is neither the board's own nor verified; to give it the job, name it with --employer %s", found, found.Slug))
}

// checkHolder rejects a row whose job belongs to a company other than the one the row leads to, unless that is one of the board's own,
// whose jobs all come from imports.
func (c *companyChange) checkHolder(tx core.App, record *core.Record, job *formats.Job) error {
	holder, err := c.look(tx, dbx.HashExp{"id": record.GetString("employer")})
	if err != nil || holder == nil || holder.Boards {
		return err
	}
	id, err := c.find(tx, job)
	if err != nil || id == holder.ID {
		return err
	}
	return problem.Field("externalId", problem.InvalidValue, fmt.Sprintf(
		"%s of %s is a job of %s, neither the board's own nor verified as %s; to give it the row, name it with --employer '%s=%s'",
		record.GetString("externalId"), record.GetString("source"), holder, job.Company, job.Company, holder.Slug))
}

// findOrCreate returns the id of the employer of a new job. An unknown company is created; it belongs to the board until it is
// claimed, that is, until an admin changes its owner.
func (c *companyChange) findOrCreate(tx core.App, r *result, job *row) (string, error) {
	id, err := c.find(tx, job.Job)
	if err != nil || id != "" {
		return id, err
	}
	if c.owner == "" {
		if c.owner, err = createBoardAccount(tx); err != nil {
			return "", err
		}
	}
	employers, err := tx.FindCachedCollectionByNameOrId(collections.Employers)
	if err != nil {
		return "", fmt.Errorf("find the collection of employers: %w", err)
	}
	employer := core.NewRecord(employers)
	employer.Load(map[string]any{"id": job.newEmployerID, "owner": c.owner, "name": job.Company})
	if err := tx.Save(employer); err != nil {
		var errs validation.Errors
		if errors.As(err, &errs) {
			_, reason := reasons(errs)
			return "", problem.Field("company", problem.InvalidValue, reason)
		}
		return "", fmt.Errorf("create the company %q: %w", job.Company, err)
	}
	key := companyKey(job.Company)
	c.ids[key], c.created[key] = employer.Id, true
	if !c.book.dryRuns[key] {
		r.newCompany, r.namesake = job.Company, c.namesakes[key]
	}
	return employer.Id, nil
}
