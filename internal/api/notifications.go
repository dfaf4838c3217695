package api

import (
	"bytes"
	"fmt"
	"net/http"

	"jobboard/collections"
	"jobboard/internal/api/openapi"
	"jobboard/internal/notify"
)

func notificationRoutes() []route {
	return []route{
		{
			method:  "GET",
			path:    "/api/users/{user_id}/notifications",
			id:      "listNotifications",
			summary: "Lists the caller's notifications.",
			access:  loggedIn,
			query: listParams.with(
				openapi.Param{Name: "unread", Type: "boolean", Description: "1: only unread ones."},
				openapi.Param{
					Name:        "kind",
					Multiple:    true,
					Enum:        collections.NotificationKinds(),
					Description: "Notifications of this kind.",
				},
			),
			response: ok("NotificationPage"),
			handler:  listNotifications,
		},
		{
			method:   "POST",
			path:     "/api/users/{user_id}/notifications/mark-all-read",
			id:       "markAllNotificationsRead",
			summary:  "Marks all of the caller's notifications as read.",
			access:   loggedIn,
			response: ok("Updated"),
			handler:  markAllRead,
		},
		{
			method:   "PATCH",
			path:     "/api/users/{user_id}/notifications/{notification_id}",
			id:       "updateNotification",
			summary:  "Marks a notification as read or unread.",
			access:   loggedIn,
			query:    recordParams,
			body:     bodyOf("NotificationChange"),
			response: ok("Notification"),
			handler:  changeNotification,
		},
		{
			method:   "DELETE",
			path:     "/api/users/{user_id}/notifications/{notification_id}",
			id:       "deleteNotification",
			summary:  "Deletes a notification.",
			access:   loggedIn,
			response: noContent,
			handler:  deleteNotification,
		},
	}
}

func listNotifications(c *call) error {
	id, err := c.ownUserID()
	if err != nil {
		return err
	}
	conditions := []string{"user = " + quoted(id)}
	unread, err := c.isSet("unread")
	if err != nil {
		return err
	}
	if unread {
		conditions = append(conditions, "read = false")
	}
	kinds, err := c.choices("kind", collections.NotificationKinds(), asWritten)
	if err != nil {
		return err
	}
	if len(kinds) > 0 {
		conditions = append(conditions, anyOf("kind = %s", kinds))
	}
	query, err := c.listQuery("-created", conditions...)
	if err != nil {
		return err
	}
	raw, err := c.listJSON(collections.Notifications, query)
	if err != nil {
		return err
	}
	unreadCount, err := notify.UnreadCount(c.app(), id)
	if err != nil {
		return err
	}
	// The list is JSON already, so the count is put in before its last brace.
	raw = append(bytes.TrimSuffix(raw, []byte("}")), fmt.Sprintf(`,"unreadCount":%d}`, unreadCount)...)
	return c.send(http.StatusOK, raw)
}

// ownNotification returns the path's notification id. It fails with a 404 unless the notification belongs to the path's user, who must be
// the caller.
func (c *call) ownNotification() (string, error) {
	userID, err := c.ownUserID()
	if err != nil {
		return "", err
	}
	notification, err := c.viewObject(collections.Notifications, c.Param("notification_id"), nil)
	if err != nil {
		return "", err
	}
	if notification.text("user") != userID {
		return "", notFound()
	}
	return notification.text("id"), nil
}

func changeNotification(c *call) error {
	read, err := c.body.flag("read", true)
	if err != nil {
		return err
	}
	id, err := c.ownNotification()
	if err != nil {
		return err
	}
	b, err := jsonBody(map[string]any{"read": read})
	if err != nil {
		return err
	}
	a, err := c.update(collections.Notifications, id, c.expandQuery(), b)
	if err != nil {
		return err
	}
	return c.sendRecord(a)
}

func deleteNotification(c *call) error {
	id, err := c.ownNotification()
	if err != nil {
		return err
	}
	return c.remove(collections.Notifications, id)
}

// markAllRead marks all of the caller's notifications as read with one statement. Each change is still pushed in realtime.
func markAllRead(c *call) error {
	userID, err := c.ownUserID()
	if err != nil {
		return err
	}
	updated, err := notify.MarkAllRead(c.app(), userID)
	if err != nil {
		return err
	}
	return c.send(http.StatusOK, map[string]int{"updated": updated})
}
