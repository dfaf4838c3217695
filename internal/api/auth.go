package api

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"jobboard/collections"
	"jobboard/internal/problem"
	"jobboard/internal/session"
	"jobboard/internal/throttle"
)

func authRoutes() []route {
	return []route{
		{
			method:   "POST",
			path:     "/api/users/auth/register",
			id:       "registerUser",
			summary:  "Registers a job seeker or an employer, with the profile or the company that goes with the role.",
			access:   anyoneIgnoringToken,
			query:    recordParams,
			body:     bodyOf("Registration"),
			response: created("User"),
			conflict: addressTaken,
			handler:  registerUser,
		},
		{
			method:   "POST",
			path:     "/api/users/auth/login",
			id:       "login",
			summary:  "Logs in and returns a token, or answers 401 with mfaId where a second factor is due.",
			access:   anyoneWithSecondFactor,
			query:    recordParams,
			body:     bodyOf("Login"),
			response: ok("Session"),
			handler:  login,
		},
		{
			method:   "POST",
			path:     "/api/users/auth/logout",
			id:       "logout",
			summary:  "Ends the token's session at once, or all sessions of the user with everywhere.",
			access:   loggedIn,
			body:     bodyOf("Logout"),
			response: noContent,
			handler:  logout,
		},
		{
			method:   "POST",
			path:     "/api/users/auth/refresh",
			id:       "refreshToken",
			summary:  "Exchanges the token for a new one.",
			access:   loggedIn,
			query:    recordParams,
			response: ok("Session"),
			handler:  refresh,
		},
		{
			method:   "POST",
			path:     "/api/users/auth/password/request-reset",
			id:       "requestPasswordReset",
			summary:  "Mails a link to set a new password; the response is the same whether or not the address has an account.",
			access:   anyoneIgnoringToken,
			body:     bodyOf("PasswordResetRequest"),
			response: noContent,
			handler:  requestPasswordReset,
		},
		{
			method:   "POST",
			path:     "/api/users/auth/password/reset",
			id:       "resetPassword",
			summary:  "Sets a new password with the token from the mail, and ends all sessions of the user.",
			access:   anyoneIgnoringToken,
			body:     bodyOf("PasswordReset"),
			response: noContent,
			handler:  resetPassword,
		},
		{
			method:   "PUT",
			path:     "/api/users/auth/password/change",
			id:       "replacePassword",
			summary:  "Sets a new password with the token from a mail or, logged in, with the old one, and ends the older sessions.",
			access:   loggedInOrWithMailToken,
			body:     bodyOf("PasswordChange"),
			response: noContent,
			handler:  changePassword,
		},
		{
			method:   "PATCH",
			path:     "/api/users/auth/password/change",
			id:       "changePassword",
			summary:  "The same as PUT.",
			access:   loggedInOrWithMailToken,
			body:     bodyOf("PasswordChange"),
			response: noContent,
			handler:  changePassword,
		},
	}
}

const usersAuth = "/api/collections/" + collections.Users

// registerUser creates a user and, for an employer, the company. It does so as a guest: a token that is sent along gives the new account no
// rights.
func registerUser(c *call) error {
	company, err := c.body.text("companyName")
	if err != nil {
		return err
	}
	role, err := c.body.required("role")
	if err != nil {
		return err
	}
	if role != collections.RoleJobSeeker && role != collections.RoleEmployer {
		return invalid("role", problem.InvalidValue, "Must be one of "+collections.RoleJobSeeker+", "+collections.RoleEmployer+".")
	}
	if _, err := c.body.required("passwordConfirm"); err != nil {
		return err
	}
	c.body.drop("id")
	if role == collections.RoleEmployer && strings.TrimSpace(company) == "" {
		name, err := c.body.text("name")
		if err != nil {
			return err
		}
		if err := c.body.set("companyName", name); err != nil {
			return err
		}
	}
	a, err := c.requestAs(nil, http.MethodPost, collectionPath(collections.Users), nil, c.body)
	if err != nil {
		return err
	}
	user, err := a.object()
	if err != nil {
		return err
	}
	return c.sendRegistered(user.text("id"))
}

// sendRegistered answers with the new user as that user sees it, including the e-mail address.
func (c *call) sendRegistered(id string) error {
	user, err := c.app().FindRecordById(collections.Users, id)
	if err != nil {
		return fmt.Errorf("find the new user: %w", err)
	}
	a, err := c.requestAs(user, http.MethodGet, collectionPath(collections.Users)+"/"+id, c.expandQuery(), nil)
	if err != nil {
		return err
	}
	return c.sendCreated(a, "/api/users/%s/")
}

func login(c *call) error {
	email, err := c.body.required("email")
	if err != nil {
		return err
	}
	typed, err := c.body.required("password")
	if err != nil {
		return err
	}
	b, err := jsonBody(map[string]any{"identity": email, "password": typed})
	if err != nil {
		return err
	}
	// As a guest: a token that is sent along does not matter.
	a, err := c.requestAs(nil, http.MethodPost, usersAuth+"/auth-with-password", c.expandQuery(), b)
	if err != nil {
		return renameField(err, "identity", "email")
	}
	if a.status == http.StatusUnauthorized {
		return c.askForSecondFactor(a)
	}
	return c.sendRecord(a)
}

// askForSecondFactor answers with the id by which PocketBase's own API takes the second factor.
func (c *call) askForSecondFactor(a *response) error {
	factor, err := a.object()
	if err != nil {
		return err
	}
	return c.JSON(http.StatusUnauthorized, map[string]any{
		"status": http.StatusUnauthorized, "message": "This account needs a second factor.", "data": map[string]any{},
		"mfaId": factor.text("mfaId"),
	})
}

// logout ends the session of the token or, with everywhere, all sessions of the caller.
func logout(c *call) error {
	everywhere, err := c.body.flag("everywhere", false)
	if err != nil {
		return err
	}
	if everywhere {
		err = session.RevokeAll(c.app(), c.auth())
	} else {
		err = session.Revoke(c.app(), session.BearerToken(c.Request()))
	}
	if errors.Is(err, session.ErrInvalidToken) {
		return unauthorized(c)
	}
	if err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func refresh(c *call) error {
	path := "/api/collections/" + c.auth().Collection().Name + "/auth-refresh"
	a, err := c.request(http.MethodPost, path, c.expandQuery(), nil)
	if err != nil {
		return err
	}
	return c.sendRecord(a)
}

func requestPasswordReset(c *call) error {
	if _, err := c.body.required("email"); err != nil {
		return err
	}
	if _, err := c.requestAs(nil, http.MethodPost, usersAuth+"/request-password-reset", nil, c.body.only("email")); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func resetPassword(c *call) error {
	for _, name := range []string{"token", "password", "passwordConfirm"} {
		if _, err := c.body.required(name); err != nil {
			return err
		}
	}
	b := c.body.only("token", "password", "passwordConfirm")
	if _, err := c.requestAs(nil, http.MethodPost, usersAuth+"/confirm-password-reset", nil, b); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// changePassword accepts the token of a reset mail or, from those who are logged in, the old password.
func changePassword(c *call) error {
	if c.body.has("token") {
		return resetPassword(c)
	}
	if c.auth() == nil {
		return unauthorized(c)
	}
	old, err := c.body.required("oldPassword")
	if err != nil {
		return err
	}
	for _, name := range []string{"password", "passwordConfirm"} {
		if _, err := c.body.required(name); err != nil {
			return err
		}
	}
	// PocketBase does not ask admins for the old password. A stolen session must not be enough to set a new one.
	err = throttle.LimitOwnPassword(c.event, c.auth(), "oldPassword", func() error {
		if !c.auth().ValidatePassword(old) {
			return invalid("oldPassword", problem.InvalidValue, "This is not the current password.")
		}
		return nil
	})
	if err != nil {
		return err
	}
	b := c.body.only("oldPassword", "password", "passwordConfirm")
	if _, err := c.update(c.auth().Collection().Name, c.auth().Id, nil, b); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
