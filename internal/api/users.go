package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/account"
	"jobboard/internal/api/openapi"
	"jobboard/internal/problem"
	"jobboard/internal/workflow"
)

var userRoles = []string{collections.RoleJobSeeker, collections.RoleEmployer, collections.RoleAdmin}

func userRoutes() []route {
	return []route{
		{
			method:  "GET",
			path:    "/api/users",
			id:      "listUsers",
			summary: "Lists all users for admins, and only the caller for everybody else.",
			access:  loggedIn,
			query: listParams.with(
				openapi.Param{
					Name:        "role",
					Multiple:    true,
					Enum:        userRoles,
					Description: "Users with this role.",
				},
				qParam,
				openapi.Param{Name: "active", Type: "boolean", Description: "1: users who can log in; 0: deactivated ones."},
			),
			response: okList("User"),
			handler:  listUsers,
		},
		{
			method:   "POST",
			path:     "/api/users",
			id:       "createUser",
			summary:  "Creates a user with any role.",
			access:   adminsOnly,
			query:    recordParams,
			body:     bodyOrFormOf("NewUser"),
			response: created("User"),
			conflict: addressTaken,
			handler:  createUser,
		},
		{
			method:   "GET",
			path:     "/api/users/{user_id}",
			id:       "getUser",
			summary:  "Shows a user with the profile (job seekers) or the companies (employers).",
			access:   loggedIn,
			query:    recordParams,
			response: ok("UserWithProfile"),
			handler:  viewUser,
		},
		{
			method:   "PUT",
			path:     "/api/users/{user_id}",
			id:       "replaceUser",
			summary:  "Replaces the writable fields of a user; role, password, e-mail address and avatar stay as they are if left out.",
			access:   loggedIn,
			query:    recordParams,
			body:     bodyOrFormOf("UserReplacement"),
			response: ok("UserWithProfile"),
			conflict: openapi.Conflict{
				When:  "This address already has an account, or it is the last admin.",
				Field: "email", Code: problem.NotUnique,
			},
			handler: replaceUser,
		},
		{
			method:   "PATCH",
			path:     "/api/users/{user_id}",
			id:       "updateUser",
			summary:  "Changes the given fields of a user.",
			access:   loggedIn,
			query:    recordParams,
			body:     bodyOrFormOf("UserChange"),
			response: ok("UserWithProfile"),
			conflict: openapi.Conflict{
				When:  "This address already has an account, or it is the last admin.",
				Field: "email", Code: problem.NotUnique,
			},
			handler: changeUser,
		},
		{
			method:   "DELETE",
			path:     "/api/users/{user_id}",
			id:       "deleteUser",
			summary:  "Deletes a user and everything that belongs to them.",
			access:   adminsOnly,
			response: noContent,
			conflict: openapi.Conflict{
				When:  "The user owns an employer with jobs, or is the last admin.",
				Field: "id", Code: problem.OwnsEmployerJobs,
			},
			handler: deleteUser,
		},
		{
			method:   "POST",
			path:     "/api/users/{user_id}/deactivate",
			id:       "deactivateUser",
			summary:  "Deactivates an account, the caller's own or, for admins, any; its sessions end at once.",
			access:   loggedIn,
			query:    recordParams,
			response: ok("User"),
			conflict: openapi.Conflict{
				When:  "The account is deactivated already, or is the last admin's.",
				Field: "deactivatedAt", Code: problem.AlreadyDeactivated,
			},
			handler: deactivateUser,
		},
		{
			method:   "POST",
			path:     "/api/users/{user_id}/reactivate",
			id:       "reactivateUser",
			summary:  "Reactivates an account.",
			access:   adminsOnly,
			query:    recordParams,
			response: ok("User"),
			conflict: openapi.Conflict{
				When:  "The account is active already.",
				Field: "deactivatedAt", Code: problem.AlreadyActive,
			},
			handler: reactivateUser,
		},
		{
			method:   "PATCH",
			path:     "/api/users/{user_id}/role",
			id:       "changeUserRole",
			summary:  "Gives a user another role, which ends the user's sessions.",
			access:   adminsOnly,
			query:    recordParams,
			body:     bodyOf("RoleChange"),
			response: ok("User"),
			conflict: openapi.Conflict{
				When:  "It is the last admin.",
				Field: "role", Code: problem.LastAdmin,
			},
			handler: changeRole,
		},
	}
}

// profileRelations are the back relations that become expand.profile and expand.employers.
var profileRelations = []string{"job_seekers_via_user", "employers_via_owner", "employers_via_members"}

func listUsers(c *call) error {
	if auth := c.auth(); !auth.IsSuperuser() && auth.GetString("role") != collections.RoleAdmin {
		query, err := c.listQuery("name", "id = "+quoted(auth.Id)) // employer people may not sort users by a date
		if err != nil {
			return err
		}
		return c.sendList(collections.Users, query)
	}
	var conditions []string
	roles, err := c.choices("role", userRoles, workflow.Parse)
	if err != nil {
		return err
	}
	if len(roles) > 0 {
		conditions = append(conditions, anyOf("role = %s", roles))
	}
	words, err := c.wordsCondition("name", "email")
	if err != nil {
		return err
	}
	conditions = append(conditions, words)
	if c.QueryParam("active") != "" {
		active, err := c.isSet("active")
		if err != nil {
			return err
		}
		conditions = append(conditions, map[bool]string{true: "deactivatedAt = ''", false: "deactivatedAt != ''"}[active])
	}
	query, err := c.listQuery("-created")
	if err != nil {
		return err
	}
	return c.sendTrusted(collections.Users, query, conditions...)
}

func createUser(c *call) error {
	a, err := c.create(collections.Users, c.expandQuery(), c.body)
	if err != nil {
		return err
	}
	return c.sendCreated(a, "/api/users/%s/")
}

func viewUser(c *call) error {
	user, err := c.viewObject(collections.Users, c.Param("user_id"), c.expandQuery(profileRelations...))
	if err != nil {
		return err
	}
	return c.sendUser(user)
}

// sendUser answers with a user, with the profile in expand.profile or the companies in expand.employers.
func (c *call) sendUser(user *object) error {
	expand, err := user.expanded()
	if err != nil {
		return err
	}
	if profile, ok := expand[profileRelations[0]]; ok {
		expand["profile"] = profile
	}
	var employers []json.RawMessage
	var ids []string
	for _, relation := range profileRelations[1:] {
		raw, ok := expand[relation]
		if !ok {
			continue
		}
		var list []json.RawMessage
		if err := json.Unmarshal(raw, &list); err != nil {
			return fmt.Errorf("read the employers of a user: %w", err)
		}
		for _, item := range list {
			employer, err := parseObject(item)
			if err != nil {
				return err
			}
			if id := employer.text("id"); !slices.Contains(ids, id) {
				ids = append(ids, id)
				employers = append(employers, item)
			}
		}
	}
	if user.text("role") == collections.RoleEmployer && employers == nil {
		employers = []json.RawMessage{}
	}
	if employers != nil {
		raw, err := json.Marshal(employers)
		if err != nil {
			return fmt.Errorf("write the employers of a user: %w", err)
		}
		expand["employers"] = raw
	}
	for _, relation := range profileRelations {
		delete(expand, relation)
	}
	if err := user.set("expand", expand); err != nil {
		return err
	}
	return c.send(http.StatusOK, user)
}

func replaceUser(c *call) error {
	if err := c.body.resetMissing("name", "locale", "timeZone", "emailNotifications"); err != nil {
		return err
	}
	return changeUser(c)
}

func changeUser(c *call) error {
	a, err := c.update(collections.Users, c.Param("user_id"), c.expandQuery(profileRelations...), c.body)
	if err != nil {
		return err
	}
	user, err := a.object()
	if err != nil {
		return err
	}
	return c.sendUser(user)
}

func deleteUser(c *call) error { return c.remove(collections.Users, c.Param("user_id")) }

func deactivateUser(c *call) error { return c.setActivity(account.Deactivate) }

func reactivateUser(c *call) error { return c.setActivity(account.Reactivate) }

// setActivity runs set for those who may change the user, as the update rule says. It is not a record request, since only the system
// may write deactivatedAt.
func (c *call) setActivity(set func(app core.App, caller *core.Record, userID string) (*core.Record, error)) error {
	id := c.Param("user_id")
	if !isID(id) {
		return notFound()
	}
	user, err := c.app().FindRecordById(collections.Users, id)
	if err != nil {
		return notFound()
	}
	allowed, err := c.canAccess(user, user.Collection().UpdateRule)
	if err != nil {
		return fmt.Errorf("check who may change user %s: %w", id, err)
	}
	if !allowed {
		return notFound()
	}
	if user, err = set(c.app(), c.auth(), id); err != nil {
		return apis.NewBadRequestError("Failed to update record.", err)
	}
	if err := apis.EnrichRecord(c.event, user); err != nil {
		return fmt.Errorf("enrich user %s: %w", id, err)
	}
	return c.send(http.StatusOK, user)
}

func changeRole(c *call) error {
	role, err := c.body.required("role")
	if err != nil {
		return err
	}
	b, err := jsonBody(map[string]any{"role": workflow.Parse(role)})
	if err != nil {
		return err
	}
	a, err := c.update(collections.Users, c.Param("user_id"), c.expandQuery(), b)
	if err != nil {
		return err
	}
	return c.sendRecord(a)
}

// requireVisibleUser fails with a 404 unless the caller may see the user's account or profile.
func (c *call) requireVisibleUser(id string) error {
	if who := c.auth(); who != nil && who.Id == id && !c.viewsAreHandled(who.Collection().Name) {
		if allowed, err := c.canAccess(who, who.Collection().ViewRule); err == nil && allowed {
			return nil
		}
	}
	_, err := c.view(collections.Users, id, nil)
	if !isNotFound(err) {
		return err
	}
	if !isID(id) {
		return err
	}
	profiles, listErr := c.list(collections.JobSeekers, map[string][]string{"filter": {"user = " + quoted(id)}, "perPage": {"1"}})
	if listErr != nil {
		return listErr
	}
	if len(profiles.Items) == 0 {
		return err
	}
	return nil
}

// ownUserID returns the path's user id. It fails with a 404 unless the caller is that user or a superuser.
func (c *call) ownUserID() (string, error) {
	id := c.Param("user_id")
	if c.auth().IsSuperuser() {
		_, err := c.view(collections.Users, id, nil)
		return id, err
	}
	if c.auth().Id != id {
		return "", notFound()
	}
	return id, nil
}

// statusCondition returns a filter for the parameter status, which is read as leniently as a status in a body.
func (c *call) statusCondition(statuses []string) (string, error) {
	values, err := c.choices("status", statuses, workflow.Parse)
	if err != nil {
		return "", err
	}
	return anyOf("status = %s", values), nil
}
