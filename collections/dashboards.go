package collections

import "github.com/pocketbase/pocketbase/core"

// superusersID is PocketBase's own id of its collection of superusers.
const superusersID = "pbc_3142635823"

// dashboards store which cards and charts each superuser has chosen for the job board page of the admin UI.
func dashboards() *core.Collection {
	c := base(Dashboards)
	fields(c,
		&core.RelationField{Name: "superuser", CollectionId: superusersID, MaxSelect: 1, Required: true, CascadeDelete: true},
		// An object that says whether to show each key of the page, such as "jobs.posted"; absent keys have the page's default.
		&core.JSONField{Name: "shown", MaxSize: 10_000},
	)
	c.AddIndex("idx_dashboards_superuser", true, "superuser", "")
	return c // superusers only
}
