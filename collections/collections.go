// Package collections defines the data as it should be now: one file per collection with its fields, indexes and API rules, and
// the reasons for them.
//
// It never changes a database: migrations do, and a test holds the two equal (see migrations and internal/schema). Who may do what
// is decided here alone: by the API rules for whole records and by [FieldRights] for single fields.
package collections

import (
	"encoding/json"
	"fmt"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// The names of the collections. Hooks and queries use these, since PocketBase does not report a mistyped name.
const (
	Users                    = "users"
	JobSeekers               = "job_seekers"
	FieldsOfInterest         = "fields_of_interest"
	JobSeekerInterests       = "job_seeker_interests"
	Employers                = "employers"
	Jobs                     = "jobs"
	Applications             = "applications"
	ApplicationEvents        = "application_events"
	Notifications            = "notifications"
	JobReviews               = "job_reviews"
	UserReviews              = "user_reviews"
	SavedJobs                = "saved_jobs"
	SavedSearches            = "saved_searches"
	JobDays                  = "job_days"
	Reports                  = "reports"
	RevokedSessions          = "revoked_sessions"
	IdempotencyKeys          = "idempotency_keys"
	KnownAddresses           = "known_addresses"
	Dashboards               = "dashboards"
	ImportSources            = "import_sources"
	APIKeys                  = "api_keys"
	ServiceUsers             = "service_users"
	Events                   = "events"
	WebhookEndpoints         = "webhook_endpoints"
	WebhookDeliveries        = "webhook_deliveries"
	SearchStates             = "search_states"
	SearchIndex              = "search_index"
	usersCollectionID        = "_pb_users_auth_" // of the users collection that PocketBase creates
	maxRelations             = 100
	maxRichText              = 50_000 // characters of HTML in description, about and summary
	maxName                  = 200    // characters of names and titles
	maxText                  = 5_000  // characters of plain prose: cover letters, reviews
	maxFileBytes       int64 = 10 << 20
	maxFiles                 = 5
)

// Definitions returns every collection of the board as it should be now, in an order in which relations point only to earlier ones
// and views come last.
func Definitions() []*core.Collection {
	return []*core.Collection{
		users(),
		fieldsOfInterest(),
		jobSeekers(),
		jobSeekerInterests(),
		employers(),
		jobs(),
		applications(),
		applicationEvents(),
		notifications(),
		jobReviews(),
		userReviews(),
		savedJobs(),
		savedSearches(),
		jobDays(),
		reports(),
		revokedSessions(),
		idempotencyKeys(),
		knownAddresses(),
		dashboards(),
		importSources(),
		apiKeys(),
		events(),
		webhookEndpoints(),
		webhookDeliveries(),
		searchStates(),
		searchIndex(),
		serviceUsers(),
	}
}

// Snapshot returns the definitions as the JSON array that PocketBase imports, without the token secrets, which
// PocketBase makes anew for each installation.
func Snapshot() ([]byte, error) {
	raw, err := json.Marshal(Definitions())
	if err != nil {
		return nil, fmt.Errorf("encode the collection definitions: %w", err)
	}
	var list []map[string]any
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, fmt.Errorf("decode the collection definitions: %w", err)
	}
	for _, collection := range list {
		delete(collection, "created")
		delete(collection, "updated")
		for _, option := range collection {
			if token, ok := option.(map[string]any); ok {
				delete(token, "secret")
			}
		}
	}
	return json.MarshalIndent(list, "", "  ")
}

// id returns the fixed id of a collection, which stays the same in every installation when the collection is renamed.
func id(name string) string {
	if name == Users {
		return usersCollectionID
	}
	return "jb_" + name
}

// base returns an empty collection with its fixed id.
func base(name string) *core.Collection {
	return core.NewBaseCollection(name, id(name))
}

// rules sets the five API rules. nil means superusers only.
func rules(c *core.Collection, list, view, create, update, del *string) {
	c.ListRule, c.ViewRule, c.CreateRule, c.UpdateRule, c.DeleteRule = list, view, create, update, del
}

// rule returns the text of an API rule as the pointer that PocketBase takes.
func rule(text string) *string { return types.Pointer(text) }

// autodates returns the two fields at the end of every collection.
func autodates() []core.Field {
	return []core.Field{
		&core.AutodateField{Name: "created", OnCreate: true},
		&core.AutodateField{Name: "updated", OnCreate: true, OnUpdate: true},
	}
}

// fields adds fields to a collection, and the autodates at the end.
func fields(c *core.Collection, list ...core.Field) {
	c.Fields.Add(list...)
	c.Fields.Add(autodates()...)
}

// presence says whether a field must have a value.
type presence bool

const (
	required presence = true
	optional presence = false
)

// onDelete says what happens to a record when the record that it points to is deleted.
type onDelete bool

const (
	cascade onDelete = true  // it is deleted too
	keep    onDelete = false // it stays: an optional relation is emptied; for a required one PocketBase refuses the deletion
)

// one returns a relation to a single record.
func one(name, target string, required presence, onDelete onDelete) *core.RelationField {
	return &core.RelationField{
		Name: name, CollectionId: id(target), MaxSelect: 1, Required: bool(required), CascadeDelete: bool(onDelete),
	}
}

// many returns an optional relation to any number of records; a deleted record is dropped from it.
func many(name, target string) *core.RelationField {
	return &core.RelationField{Name: name, CollectionId: id(target), MaxSelect: maxRelations}
}

func choice(name string, required presence, values ...string) *core.SelectField {
	return &core.SelectField{Name: name, Values: values, MaxSelect: 1, Required: bool(required)}
}

func choices(name string, values ...string) *core.SelectField {
	return &core.SelectField{Name: name, Values: values, MaxSelect: len(values)}
}

func text(name string, required presence, limit int) *core.TextField {
	return &core.TextField{Name: name, Required: bool(required), Max: limit}
}

// label returns the text field by which the admin UI shows a record where another one points to it.
func label(name string, limit int) *core.TextField {
	return &core.TextField{Name: name, Required: true, Max: limit, Presentable: true}
}

// labelled makes a relation part of what the admin UI shows of a record.
func labelled(relation *core.RelationField) *core.RelationField {
	relation.Presentable = true
	return relation
}

func jsonList(name string, maxBytes int64) *core.JSONField {
	return &core.JSONField{Name: name, MaxSize: maxBytes}
}

// richText returns a field of HTML, which a hook sanitises. MaxSize counts bytes, of which a character takes up to four.
func richText(name string, required presence) *core.EditorField {
	return &core.EditorField{Name: name, Required: bool(required), MaxSize: 4 * maxRichText}
}

// documentFiles returns a field of protected files: CVs, and what is sent with an application.
func documentFiles(name string) *core.FileField {
	return &core.FileField{Name: name, MaxSelect: maxFiles, MaxSize: maxFileBytes, Protected: true, MimeTypes: []string{
		"application/pdf",
		"application/msword",
		"application/x-ole-storage", // older .doc files are detected as this
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document",
		"application/vnd.oasis.opendocument.text",
		"text/plain",
		"text/rtf",
		"application/rtf",
	}}
}

func picture(name string) *core.FileField {
	return &core.FileField{Name: name, MaxSelect: 1, MaxSize: 5 << 20, Thumbs: []string{"100x100", "400x400"}, MimeTypes: []string{
		"image/jpeg", "image/png", "image/webp", "image/gif",
	}}
}
