package archive

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
)

// Everything is in an archive unless it is named here, so that new collections and tables are in it from the start.
var (
	// installationCollections belong to one installation of the board.
	installationCollections = []string{
		collections.Dashboards, // of superusers
		// Logins end, since tokens are signed with secrets of the installation.
		collections.RevokedSessions,
		collections.KnownAddresses, // fingerprints, made with the token keys
		collections.SearchStates,
	}
	// derivedTables are filled by triggers from what is in the archive.
	derivedTables = []string{
		"application_timelines", "candidate_log", collections.EmployerPeople, "job_counts", "search_log", "seeker_terms",
	}
	// secretTables belong to one installation, too: webhooks of an imported board rest until they get a new secret.
	secretTables = []string{"webhook_states"}
	// todaysTables hold what is deleted when the day is over: by what a visitor is known for that day.
	todaysTables = []string{"job_visitors", "visitor_salts"}
	// passingTables hold what the nodes of a cluster tell each other for some minutes.
	passingTables = []string{"record_changes"}
	// systemCollections are those of PocketBase that belong to users: the providers that they log in with.
	systemCollections = []string{core.CollectionNameExternalAuths}
)

// archivedCollections returns the collections that are in archives, in an order in which relations point to earlier ones if that is
// possible.
func archivedCollections(app core.App) ([]*core.Collection, error) {
	all, err := app.FindAllCollections(core.CollectionTypeBase, core.CollectionTypeAuth)
	if err != nil {
		return nil, fmt.Errorf("find the collections: %w", err)
	}
	byID := map[string]*core.Collection{}
	for _, c := range all {
		if c.System && !slices.Contains(systemCollections, c.Name) || slices.Contains(installationCollections, c.Name) {
			continue
		}
		byID[c.Id] = c
	}
	slices.SortFunc(all, func(a, b *core.Collection) int { return strings.Compare(a.Name, b.Name) })
	var ordered []*core.Collection
	seen := map[string]bool{}
	var add func(c *core.Collection)
	add = func(c *core.Collection) {
		if seen[c.Id] {
			return
		}
		seen[c.Id] = true
		for _, field := range c.Fields {
			if relation, ok := field.(*core.RelationField); ok && byID[relation.CollectionId] != nil {
				add(byID[relation.CollectionId])
			}
		}
		ordered = append(ordered, c)
	}
	for _, c := range all {
		if byID[c.Id] != nil {
			add(c)
		}
	}
	return ordered, nil
}

// archivedFields returns the fields of a collection that are in archives: all but the keys with which the tokens of accounts are signed.
func archivedFields(c *core.Collection) []core.Field {
	return slices.DeleteFunc(slices.Clone(c.Fields), func(field core.Field) bool {
		return c.IsAuth() && field.GetName() == core.FieldNameTokenKey
	})
}

func fieldNames(c *core.Collection) []string {
	var names []string
	for _, field := range archivedFields(c) {
		names = append(names, field.GetName())
	}
	return names
}

// archivedTables returns the tables that are in archives besides those of collections, without their rows.
func archivedTables(ctx context.Context, app core.App, db querier) ([]tableContent, error) {
	all, err := app.FindAllCollections()
	if err != nil {
		return nil, fmt.Errorf("find the collections: %w", err)
	}
	names, err := column[string](ctx, db, `SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`)
	if err != nil {
		return nil, fmt.Errorf("find the tables: %w", err)
	}
	var tables []tableContent
	for _, name := range names {
		ofCollection := slices.ContainsFunc(all, func(c *core.Collection) bool { return c.Name == name })
		ofSystem := strings.HasPrefix(name, "_") || strings.HasPrefix(name, "sqlite_")
		if ofCollection || ofSystem || slices.Contains(derivedTables, name) || slices.Contains(todaysTables, name) ||
			slices.Contains(secretTables, name) || slices.Contains(passingTables, name) {
			continue
		}
		columns, err := column[string](ctx, db, "SELECT name FROM pragma_table_info(?) ORDER BY cid", name)
		if err != nil {
			return nil, fmt.Errorf("find the columns of %s: %w", name, err)
		}
		tables = append(tables, tableContent{Name: name, Columns: columns})
	}
	return tables, nil
}

// lastStep returns the name of the board's last migration.
func lastStep(ctx context.Context, db querier) (string, error) {
	names, err := column[string](ctx, db, "SELECT file FROM _migrations ORDER BY file DESC LIMIT 1")
	if err == nil && len(names) == 0 {
		err = sql.ErrNoRows
	}
	if err != nil {
		return "", fmt.Errorf("find the last migration: %w", err)
	}
	return names[0], nil
}

// querier is a transaction of the database, or of PocketBase.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// transaction is a transaction of PocketBase.
type transaction struct{ dbx.Builder }

// QueryContext runs a query, whose arguments stand for its question marks.
func (t transaction) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	rows, err := t.query(ctx, query, args).Rows()
	if err != nil {
		return nil, err
	}
	return rows.Rows, nil
}

func (t transaction) query(ctx context.Context, query string, args []any) *dbx.Query {
	params := dbx.Params{}
	for n, arg := range args {
		name := "p" + strconv.Itoa(n)
		params[name] = arg
		query = strings.Replace(query, "?", "{:"+name+"}", 1)
	}
	return t.NewQuery(query).Bind(params).WithContext(ctx)
}

// column returns the values of a query with one column.
func column[T any](ctx context.Context, db querier, query string, args ...any) ([]T, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var values []T
	for rows.Next() {
		var value T
		if err := rows.Scan(&value); err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	return values, rows.Err()
}

// quoted returns an identifier as SQL writes it.
func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func quotedList(names []string) string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = quoted(name)
	}
	return strings.Join(all, ", ")
}
