// Package account deactivates and reactivates accounts, and says what must hold for them: a last admin, a profile for each seeker.
//
// The functions only change the user. What follows (tokens end, notifications, the last admin) is for the hooks of the users
// collection, so that a change in the admin UI has the same consequences.
package account

import (
	"database/sql"
	"errors"
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"jobboard/collections"
	"jobboard/internal/actor"
	"jobboard/internal/problem"
)

// Deactivate closes a user's account: its tokens and realtime connections end at once, and it can't log in. It returns the stored
// user, or a field error with the code problem.AlreadyDeactivated or problem.LastAdmin, or sql.ErrNoRows.
//
// It doesn't check whether caller (nil: the board itself) may do it: the user and admins may.
func Deactivate(app core.App, caller *core.Record, userID string) (*core.Record, error) {
	return setDeactivatedAt(app, caller, userID, types.NowDateTime())
}

// Reactivate opens a deactivated account again; earlier tokens stay invalid. It returns the stored user, or a field error
// with the code problem.AlreadyActive, or sql.ErrNoRows. It doesn't check whether caller may do it: admins may.
func Reactivate(app core.App, caller *core.Record, userID string) (*core.Record, error) {
	return setDeactivatedAt(app, caller, userID, types.DateTime{})
}

func setDeactivatedAt(app core.App, caller *core.Record, userID string, at types.DateTime) (*core.Record, error) {
	var user *core.Record
	err := app.RunInTransaction(func(tx core.App) error {
		var err error
		if user, err = tx.FindRecordById(collections.Users, userID); err != nil {
			return fmt.Errorf("find the user: %w", err)
		}
		switch {
		case !at.IsZero() && !IsActive(user):
			return problem.Field("deactivatedAt", problem.AlreadyDeactivated, "This account is already deactivated.")
		case at.IsZero() && IsActive(user):
			return problem.Field("deactivatedAt", problem.AlreadyActive, "This account is already active.")
		}
		actor.Mark(user, caller)
		user.Set("deactivatedAt", at)
		return tx.Save(user)
	})
	return user, err
}

// IsActive reports whether a user is not deactivated.
func IsActive(user *core.Record) bool { return user.GetDateTime("deactivatedAt").IsZero() }

// IsActiveAdmin reports whether a user is an active admin. The board keeps at least one.
func IsActiveAdmin(user *core.Record) bool {
	return user.GetString("role") == collections.RoleAdmin && IsActive(user)
}

// RequireOtherAdmin returns a field error with the code problem.LastAdmin when there is no active admin but user. Call it in the
// transaction that takes the role from user: of two admins who demote each other at the same time, the second then sees what the
// first did.
func RequireOtherAdmin(tx core.App, user *core.Record, field string) error {
	others, err := tx.CountRecords(collections.Users,
		dbx.HashExp{"role": collections.RoleAdmin, "deactivatedAt": ""}, dbx.Not(dbx.HashExp{"id": user.Id}))
	if err != nil {
		return fmt.Errorf("count the administrators: %w", err)
	}
	if others == 0 {
		return problem.Field(field, problem.LastAdmin, "This is the board's last active administrator.")
	}
	return nil
}

// RequireNoJobs returns a field error with the code problem.OwnsEmployerJobs when the user owns an employer that has jobs.
func RequireNoJobs(tx core.App, user *core.Record) error {
	var found int
	err := tx.DB().Select("(1)").From(collections.Jobs).
		InnerJoin(collections.Employers, dbx.NewExp("employers.id = jobs.employer")).
		Where(dbx.HashExp{"employers.owner": user.Id}).Limit(1).Row(&found)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for jobs of the user's employers: %w", err)
	}
	return problem.Field("id", problem.OwnsEmployerJobs,
		"This user owns an employer that has jobs. Give the employer another owner first.")
}

// EnsureProfile creates the profile that every job seeker has, unless it exists.
func EnsureProfile(tx core.App, user *core.Record) error {
	if user.GetString("role") != collections.RoleJobSeeker {
		return nil
	}
	_, err := tx.FindFirstRecordByData(collections.JobSeekers, "user", user.Id)
	if err == nil {
		return nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("look for the profile: %w", err)
	}
	collection, err := tx.FindCachedCollectionByNameOrId(collections.JobSeekers)
	if err != nil {
		return fmt.Errorf("find the profiles: %w", err)
	}
	profile := core.NewRecord(collection)
	profile.Set("user", user.Id)
	if err := tx.Save(profile); err != nil {
		return fmt.Errorf("create the profile: %w", err)
	}
	return nil
}
