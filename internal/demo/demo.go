// Package demo fills an empty board with a believable one for trying out: companies, jobs, people and what they did
// over the last ninety days. Content and ids come from a fixed seed, so that examples stay true; only the dates follow the
// clock.
package demo

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"
	"time"

	"github.com/brianvoe/gofakeit/v7"
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
)

// Password is the password of every demo account unless another is asked for. It is public, so the demo serves loopback
// addresses alone.
const Password = "demo-password"

// The addresses of the demo accounts, one per role.
const (
	SeekerEmail    = "seeker@example.com"
	EmployerEmail  = "employer@example.com"
	AdminEmail     = "admin@example.com"
	SuperuserEmail = "root@example.com"
)

const (
	seed    = 20261123
	history = 90 * 24 * time.Hour
)

// board is the demo board being filled, inside one transaction.
type board struct {
	app      core.App
	fake     *gofakeit.Faker
	now      time.Time
	password *core.PasswordFieldValue
	fields   map[string]string // slug of a field of interest -> id
	made     map[string]int    // records by collection

	companies    []company
	seekers      []*core.Record
	jobs         []*core.Record // all
	open         []*core.Record // those that were published and can be applied to
	applications []*core.Record
}

// company is an employer with what its jobs are made from.
type company struct {
	record *core.Record
	trade  trade
	town   town
}

// Seed fills the board in one transaction, through the same hooks as any other door, and then spreads it over the last
// ninety days. The accounts get the password. It returns false and changes nothing when the board has users already.
func Seed(app core.App, now time.Time, password string) (bool, error) {
	users, err := app.CountRecords(collections.Users)
	if err != nil {
		return false, fmt.Errorf("count the users: %w", err)
	}
	if users > 0 {
		return false, nil
	}
	return true, app.RunInTransaction(func(tx core.App) error {
		b := &board{app: tx, fake: gofakeit.New(seed), now: now, made: map[string]int{}}
		if err := b.prepare(password); err != nil {
			return fmt.Errorf("prepare the demo board: %w", err)
		}
		for _, step := range []func() error{
			b.people, b.foundCompanies, b.postJobs, b.apply, b.closeJobs, b.review, b.save, b.leadElsewhere, b.count, b.quiet,
		} {
			if err := step(); err != nil {
				return fmt.Errorf("fill the demo board: %w", err)
			}
		}
		return nil
	})
}

// prepare reads what the migrations seeded and hashes the one password once.
func (b *board) prepare(password string) error {
	rows, err := b.app.FindAllRecords(collections.FieldsOfInterest)
	if err != nil {
		return fmt.Errorf("read the fields of interest: %w", err)
	}
	b.fields = map[string]string{}
	for _, row := range rows {
		b.fields[row.GetString("slug")] = row.Id
	}
	users, err := b.app.FindCollectionByNameOrId(collections.Users)
	if err != nil {
		return fmt.Errorf("find the users: %w", err)
	}
	hashed := core.NewRecord(users)
	hashed.SetPassword(password)
	value, ok := hashed.GetRaw("password").(*core.PasswordFieldValue)
	if !ok {
		return fmt.Errorf("hash the password: it is no password field")
	}
	b.password = &core.PasswordFieldValue{Hash: value.Hash}
	return nil
}

// create saves a new record through the hooks.
func (b *board) create(collection string, values map[string]any) (*core.Record, error) {
	found, err := b.app.FindCachedCollectionByNameOrId(collection)
	if err != nil {
		return nil, fmt.Errorf("find the collection %s: %w", collection, err)
	}
	record := core.NewRecord(found)
	record.Load(values)
	record.Set("id", b.nextID(collection))
	if found.IsAuth() {
		record.SetRaw("password", b.password)
		record.RefreshTokenKey()
	}
	if err := b.app.Save(record); err != nil {
		return nil, fmt.Errorf("save a record of %s: %w", collection, err)
	}
	return record, nil
}

// nextID is the same at every filling for the same record.
func (b *board) nextID(collection string) string {
	b.made[collection]++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", collection, b.made[collection]))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))[:15]
}

// backdate writes dates, which hooks set to now, straight to the row.
func (b *board) backdate(record *core.Record, dates map[string]time.Time) error {
	columns := dbx.Params{}
	for name, date := range dates {
		columns[name] = date.UTC().Format(types.DefaultDateLayout)
	}
	_, err := b.app.NonconcurrentDB().Update(record.Collection().Name, columns, dbx.HashExp{"id": record.Id}).Execute()
	if err != nil {
		return fmt.Errorf("backdate %s %s: %w", record.Collection().Name, record.Id, err)
	}
	return nil
}

// ago is a moment between least and most before now.
func (b *board) ago(least, most time.Duration) time.Time {
	spread := b.fake.IntRange(0, max(0, int((most-least)/time.Second)))
	return b.now.Add(-least - time.Duration(spread)*time.Second).Truncate(time.Second)
}

// chance is true in percent of the cases.
func (b *board) chance(percent int) bool { return b.fake.IntRange(1, 100) <= percent }

func pick[T any](b *board, list []T) T { return list[b.fake.IntRange(0, len(list)-1)] }

// quiet gives every notification the time of its event, marks the old ones as read, and makes sure that no mail is sent to made-up
// people. Seekers are told of the newest jobs once the board is served, not of ninety days' jobs at once.
func (b *board) quiet() error {
	before := func(age time.Duration) string { return b.now.Add(-age).UTC().Format(types.DefaultDateLayout) }
	ages := dbx.Params{"new": before(6 * time.Hour), "recent": before(48 * time.Hour), "old": before(6 * 24 * time.Hour)}
	for _, query := range []string{
		`UPDATE {{notifications}} SET [[created]] = COALESCE((SELECT e.[[created]] FROM {{application_events}} e
			WHERE e.[[application]] = json_extract({{notifications}}.[[data]], '$.application')
			AND e.[[to]] = json_extract({{notifications}}.[[data]], '$.status')), [[created]]) WHERE [[kind]] LIKE 'application%'`,
		`UPDATE {{notifications}} SET [[created]] = COALESCE((SELECT j.[[closedAt]] FROM {{jobs}} j
			WHERE j.[[id]] = json_extract({{notifications}}.[[data]], '$.job')), [[created]]) WHERE [[kind]] = 'job_closed'`,
		`UPDATE {{notifications}} SET [[created]] = COALESCE(
			(SELECT r.[[created]] FROM {{job_reviews}} r WHERE r.[[id]] = json_extract({{notifications}}.[[data]], '$.review')),
			(SELECT r.[[created]] FROM {{user_reviews}} r WHERE r.[[id]] = json_extract({{notifications}}.[[data]], '$.review')),
			[[created]]) WHERE [[kind]] = 'review_received'`,
		"UPDATE {{notifications}} SET mail = 'none', [[mailAt]] = '', [[updated]] = [[created]]",
		`UPDATE {{notifications}} SET [[read]] = TRUE, [[readAt]] = strftime('%Y-%m-%d %H:%M:%fZ', [[created]], '+5 hours')
			WHERE [[created]] < {:old} OR ([[created]] < {:new} AND rowid % 3 = 0)`,
		"UPDATE {{users}} SET [[emailNotifications]] = '[]'",
		"DELETE FROM {{fanouts}} WHERE job NOT IN (SELECT id FROM {{jobs}} WHERE [[publishedAt]] > {:recent})",
	} {
		if _, err := b.app.NonconcurrentDB().NewQuery(query).Bind(ages).Execute(); err != nil {
			return fmt.Errorf("date the demo's notifications: %w", err)
		}
	}
	return nil
}
