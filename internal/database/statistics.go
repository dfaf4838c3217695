package database

import (
	"fmt"
	"regexp"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/background"
	"jobboard/internal/leadership"
)

const (
	fewRows  = 1_000 // tables with fewer rows get no statistics
	analysed = 1_000 // rows of an index that an analysis reads, so that it holds the write lock for milliseconds
)

// bindStatistics keeps the statistics of SQLite's query planner right for a growing board: at start and every few minutes.
//
// PocketBase refreshes them once a day and with each change of a collection. A table that has one row according to them, as on the
// board's first day, is scanned for every lookup, however large it has become.
func bindStatistics(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		if !leadership.Leading(e.App) { // a follower gets the leader's statistics
			return e.Next()
		}
		if err := refreshStatistics(e.App); err != nil {
			e.App.Logger().Warn("Failed to refresh the planner's statistics.", "error", err)
		}
		return e.Next()
	})
	background.Schedule(app, "refresh_planner_statistics", "*/5 * * * *", func(app core.App, _ time.Time) error {
		return refreshStatistics(app)
	})
}

// refreshStatistics analyses the tables that have grown or shrunk tenfold since they were last analysed. Tables of few rows stay
// without statistics: the planner then takes them for large, which is good enough while they are small, and right when thousands
// of rows come in at once.
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

// forgetFewRows deletes the statistics of tables of few rows. Other connections, which live for some minutes, notice when they are
// next opened.
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
	if known == 0 { // nothing to delete, so nothing is written
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
