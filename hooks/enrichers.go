package hooks

import "github.com/pocketbase/pocketbase/core"

// ownEnrichers is where an app's store holds how many enrichers were bound by bindEnricher.
const ownEnrichers = "jobboard.ownEnrichers"

// bindEnricher binds a handler that chooses what the caller is shown of a collection's records, or with "" of all.
func bindEnricher(app core.App, collection string, enrich func(e *core.RecordEnrichEvent) error) {
	if collection == "" {
		app.OnRecordEnrich().BindFunc(enrich)
	} else {
		app.OnRecordEnrich(collection).BindFunc(enrich)
	}
	bound, _ := app.Store().Get(ownEnrichers).(int)
	app.Store().Set(ownEnrichers, bound+1)
}

// OnlyOwnEnrichers reports whether the hooks of this package alone choose what a record shows. Elsewhere, such as in PocketBase's
// JavaScript hooks, somebody may have bound a handler that shows more or less of a record.
func OnlyOwnEnrichers(app core.App) bool {
	bound, _ := app.Store().Get(ownEnrichers).(int)
	return app.OnRecordEnrich().Length() == bound
}
