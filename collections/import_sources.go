package collections

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// How the last run of an import source ended, values of import_sources.lastStatus.
const (
	ImportOK     = "ok"
	ImportFailed = "failed"
	// ImportAsks means that the jobs were imported, but that an admin has to say whether those that are gone are to be closed.
	ImportAsks = "asks"
)

// Limits of import_sources in characters.
const (
	MaxSchedule     = 100
	MaxImportResult = 2_000
)

// ImportKinds lists the values of import_sources.kind: the formats of imports.
func ImportKinds() []string {
	return []string{"jsonl", "csv", "greenhouse", "lever", "ashby", "workable", "recruitee", "personio", "indeed", "jsonld"}
}

// importSources are the addresses that the board imports jobs from, by the clock.
func importSources() *core.Collection {
	c := base(ImportSources)
	fields(c,
		choice("kind", required, ImportKinds()...),
		label("url", 2_000),
		one("employer", Employers, optional, keep), // of jobs that name no company; it may be given jobs though it is not verified
		text("company", optional, maxName),         // the same, by name
		// hourly, daily, off, or a cron expression in UTC.
		text("schedule", optional, MaxSchedule),
		&core.BoolField{Name: "closeMissing"},
		// Lets the next run close jobs although most are gone; it is reset by that run.
		&core.BoolField{Name: "closeAnyway"},
		// Empty while the schedule is off. An admin may set it to run the source sooner.
		&core.DateField{Name: "nextRun"},
		&core.DateField{Name: "lastRun"},
		choice("lastStatus", optional, ImportOK, ImportFailed, ImportAsks),
		text("lastResult", optional, MaxImportResult),
		// Set while it runs, so that a crash is noticed; a source that ends the process each time is given up for this run.
		&core.DateField{Name: "startedAt", Hidden: true},
		&core.NumberField{Name: "attempts", OnlyInt: true, Min: types.Pointer(0.0), Hidden: true},
	)
	c.AddIndex("idx_import_sources_next", false, "nextRun", "nextRun != ''")
	rules(c, rule(asAdmin), rule(asAdmin), rule(asAdmin), rule(asAdmin), rule(asAdmin))
	return c
}
