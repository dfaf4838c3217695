package hooks

import (
	"fmt"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/account"
	"jobboard/internal/actor"
	"jobboard/internal/localtime"
	"jobboard/internal/notify"
	"jobboard/internal/problem"
)

// bindUsers creates the profile or the company at registration, ends all logins of a user whose role or activity changes and notifies the
// user, and keeps the last admin.
func bindUsers(app core.App) {
	app.OnRecordCreateRequest(collections.Users).BindFunc(noteNotificationChoiceOnCreateRequest)
	app.OnRecordCreateRequest(collections.Users).BindFunc(noteCompanyOnCreateRequest)
	app.OnRecordCreate(collections.Users).BindFunc(createProfileOnUserCreate)
	app.OnRecordUpdate(collections.Users).BindFunc(applyUserUpdate)
	app.OnRecordDelete(collections.Users).BindFunc(checkUserDelete)
	bindUserVisibility(app)
	bindEmails(app)
	bindLogins(app)
	bindProviders(app)
	bindPasswords(app)
}

// notificationsChosen is a raw key on a user whose request says, perhaps with an empty list, which kinds are wanted by mail.
const notificationsChosen = "@emailNotifications"

func noteNotificationChoiceOnCreateRequest(e *core.RecordRequestEvent) error {
	body, err := readBody(e)
	if err != nil {
		return e.BadRequestError("Failed to read the request body.", err)
	}
	for key := range body {
		if fieldOfKey(key) == "emailNotifications" {
			e.Record.SetRaw(notificationsChosen, true)
		}
	}
	return e.Next()
}

func createProfileOnUserCreate(e *core.RecordEvent) error {
	normalizeLine(e.Record, "name")
	if err := checkTimeZone(e.Record); err != nil {
		return err
	}
	chosen, _ := e.Record.GetRaw(notificationsChosen).(bool)
	if !chosen && len(e.Record.GetStringSlice("emailNotifications")) == 0 {
		e.Record.Set("emailNotifications", collections.DefaultEmailKinds())
	}
	return inTransaction(e, nil, func(tx core.App) error {
		if err := account.EnsureProfile(tx, e.Record); err != nil {
			return err
		}
		return foundCompany(tx, e.Record)
	})
}

// checkTimeZone refuses a new time zone that the IANA database does not have.
func checkTimeZone(user *core.Record) error {
	name := strings.TrimSpace(user.GetString("timeZone"))
	user.Set("timeZone", name)
	if name == "" || name == user.Original().GetString("timeZone") || localtime.Valid(name) {
		return nil
	}
	return problem.Field("timeZone", problem.InvalidValue, "Must be a time zone of the IANA database, such as Europe/Berlin.")
}

// applyUserUpdate compares a change with the row as it is stored now, not as it was when the record was read, since another request
// may have changed it meanwhile. writeChangedFieldsOnUpdate keeps the fields that this save does not change.
func applyUserUpdate(e *core.RecordEvent) error {
	normalizeLine(e.Record, "name")
	if err := checkTimeZone(e.Record); err != nil {
		return err
	}
	var roleChanged, activityChanged bool
	return inTransaction(e,
		func(tx core.App) error {
			stored, err := tx.FindRecordById(collections.Users, e.Record.Id)
			if err != nil {
				return fmt.Errorf("read the user again: %w", err)
			}
			for _, field := range []string{"role", "deactivatedAt", core.FieldNameTokenKey} {
				if e.Record.GetString(field) == e.Record.Original().GetString(field) {
					e.Record.SetRaw(field, stored.GetRaw(field))
				}
			}
			roleChanged = e.Record.GetString("role") != stored.GetString("role")
			activityChanged = account.IsActive(e.Record) != account.IsActive(stored)
			if account.IsActiveAdmin(stored) && !account.IsActiveAdmin(e.Record) {
				field := "role"
				if !roleChanged {
					field = "deactivatedAt"
				}
				if err := account.RequireOtherAdmin(tx, e.Record, field); err != nil {
					return err
				}
			}
			if roleChanged || activityChanged {
				e.Record.RefreshTokenKey()
			}
			return nil
		},
		func(tx core.App) error {
			if roleChanged {
				if err := account.EnsureProfile(tx, e.Record); err != nil {
					return err
				}
				if err := notify.Write(tx, roleNotification(e.Record), e.Record.Id); err != nil {
					return err
				}
			}
			if activityChanged {
				return notify.Write(tx, activityNotification(e.Record), e.Record.Id)
			}
			return nil
		},
	)
}

func roleNotification(user *core.Record) notify.Notification {
	role := user.GetString("role")
	names := map[string]string{
		collections.RoleJobSeeker: "job seeker",
		collections.RoleEmployer:  "employer",
		collections.RoleAdmin:     "administrator",
	}
	return notify.Notification{
		Kind:  collections.KindAccount,
		Title: "Your role on the board is now " + names[role],
		Body:  "Please log in again: your old logins ended with the change.",
		Data:  map[string]any{"user": user.Id, "role": role},
	}
}

func activityNotification(user *core.Record) notify.Notification {
	notification := notify.Notification{
		Kind:  collections.KindAccount,
		Title: "Your account was reactivated",
		Body:  "You can log in again.",
		Data:  map[string]any{"user": user.Id, "active": account.IsActive(user)},
	}
	if !account.IsActive(user) {
		notification.Title = "Your account was deactivated"
		notification.Body = "You can no longer log in. An administrator of the board can reactivate the account."
		if actor.Of(user).UserID() == user.Id {
			notification.Title = "You deactivated your account"
		}
	}
	return notification
}

func checkUserDelete(e *core.RecordEvent) error {
	return inTransaction(e, func(tx core.App) error {
		stored, err := tx.FindRecordById(collections.Users, e.Record.Id)
		if err != nil {
			return fmt.Errorf("read the user again: %w", err)
		}
		if account.IsActiveAdmin(stored) {
			if err := account.RequireOtherAdmin(tx, stored, "role"); err != nil {
				return err
			}
		}
		return account.RequireNoJobs(tx, stored)
	}, nil)
}
