package collections

import "github.com/pocketbase/pocketbase/core"

// superusersID is PocketBase's own id of its collection of superusers.
const superusersID = "pbc_3142635823"

// dashboards keep which cards and charts each superuser wants on the admin UI's job board page.
func dashboards() *core.Collection {
	c := base(Dashboards)
	fields(c,
		&core.RelationField{Name: "superuser", CollectionId: superusersID, MaxSelect: 1, Required: true, CascadeDelete: true},
		// An object of the page's keys, such as "jobs.posted", and whether that is shown; what is absent is as the page comes.
		&core.JSONField{Name: "shown", MaxSize: 10_000},
	)
	c.AddIndex("idx_dashboards_superuser", true, "superuser", "")
	return c // superusers only
}
