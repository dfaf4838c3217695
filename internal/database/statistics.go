package database

import (
	"fmt"
	"regexp"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

const (
	fewRows  = 1_000 // a table with fewer tells the planner nothing
	analysed = 1_000 // rows of an index that an analysis reads, so that it holds the write lock for milliseconds
)

// bindStatistics keeps the statistics of SQLite's planner fit for a board that grows: at start and every few minutes.
//
// PocketBase has them made once a day and with each change of a collection. A table that holds one row by them, as on the
// board's first day, is scanned for each thing that is looked up, however large it has become.
func bindStatistics(app core.App) {
	refresh := func(app core.App) {
		if err := refreshStatistics(app); err != nil {
			app.Logger().Warn("Failed to refresh the planner's statistics.", "error", err)
		}
	}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		refresh(e.App)
		return e.Next()
	})
	app.Cron().MustAdd("refresh_planner_statistics", "*/5 * * * *", func() { refresh(app) })
}

// refreshStatistics analyses the tables that have grown or shrunk tenfold since they were analysed last. Tables of few rows
// it leaves without statistics: without, the planner takes them for large, which serves as well while they are small, and
// also when thousands of rows come in at once.
func refreshStatistics(app core.App) error {
	db := app.NonconcurrentDB()
	var due []string // statements, such as ANALYZE "main"."jobs"
	if err := db.NewQuery("PRAGMA optimize(0x10003)").Column(&due); err != nil {
		return fmt.Errorf("ask which tables to analyse: %w", err)
	}
	if _, err := db.NewQuery(fmt.Sprintf("PRAGMA analysis_limit = %d", analysed)).Execute(); err != nil {
		return fmt.Errorf("bound the analysis: %w", err)
	}
	for _, statement := range due {
		table := analysedTable.FindStringSubmatch(statement)
		if table == nil {
			continue
		}
		var rows int
		err := app.DB().NewQuery(fmt.Sprintf("SELECT count(*) FROM (SELECT 1 FROM {{%s}} LIMIT %d)", table[1], fewRows)).Row(&rows)
		if err != nil {
			return fmt.Errorf("count the rows of %s: %w", table[1], err)
		}
		if rows < fewRows {
			continue
		}
		if _, err := db.NewQuery(statement).Execute(); err != nil {
			return fmt.Errorf("analyse %s: %w", table[1], err)
		}
	}
	return forgetFewRows(app)
}

var analysedTable = regexp.MustCompile(`^ANALYZE "main"\."(\w+)"$`)

// forgetFewRows deletes the statistics of tables of few rows. Other connections, which live for some minutes, learn of it
// when they are opened anew.
func forgetFewRows(app core.App) error {
	var known int
	few := dbx.NewExp("tbl IN (SELECT tbl FROM sqlite_stat1 GROUP BY tbl HAVING max(CAST(stat AS INTEGER)) < {:few})",
		dbx.Params{"few": fewRows}) // an index of some rows of a large table may well hold few
	err := app.DB().Select("count(*)").From("sqlite_schema").Where(dbx.HashExp{"name": "sqlite_stat1"}).Row(&known)
	if err == nil && known > 0 {
		err = app.DB().Select("count(*)").From("sqlite_stat1").Where(few).Row(&known)
	}
	if err != nil {
		return fmt.Errorf("read the planner's statistics: %w", err)
	}
	if known == 0 { // so that nothing is written while there is nothing to do
		return nil
	}
	if _, err := app.NonconcurrentDB().Delete("sqlite_stat1", few).Execute(); err != nil {
		return fmt.Errorf("forget the statistics of small tables: %w", err)
	}
	if _, err := app.NonconcurrentDB().NewQuery("ANALYZE sqlite_schema").Execute(); err != nil { // reads what is left
		return fmt.Errorf("read the planner's statistics anew: %w", err)
	}
	return nil
}
