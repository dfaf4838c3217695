package api

import (
	"jobboard/collections"
	"jobboard/internal/api/openapi"
	"jobboard/internal/problem"
)

func apiKeyRoutes() []route {
	return []route{
		{
			method:   "GET",
			path:     "/api/api-keys",
			id:       "listAPIKeys",
			summary:  "Lists the API keys of the caller's employers, for admins all, without the keys themselves.",
			access:   employersAndAdmins,
			query:    listParams,
			response: okList("APIKey"),
			handler:  listAPIKeys,
		},
		{
			method: "POST",
			path:   "/api/api-keys",
			id:     "createAPIKey",
			summary: "Creates an API key of an employer, or for admins without employer one of the board. This response alone has the key " +
				"itself, as key.",
			access:   employersAndAdmins,
			query:    recordParams,
			body:     bodyOf("NewAPIKey"),
			response: created("CreatedAPIKey"),
			conflict: openapi.Conflict{
				When:  "The employer has as many keys as it may.",
				Field: "employer", Code: problem.LimitReached,
			},
			handler: createAPIKey,
		},
		{
			method:   "GET",
			path:     "/api/api-keys/{key_id}",
			id:       "getAPIKey",
			summary:  "Shows an API key, without the key itself.",
			access:   employersAndAdmins,
			query:    recordParams,
			response: ok("APIKey"),
			handler:  viewAPIKey,
		},
		{
			method:   "PATCH",
			path:     "/api/api-keys/{key_id}",
			id:       "updateAPIKey",
			summary:  "Changes the name, the scopes or the expiry of an API key.",
			access:   employersAndAdmins,
			query:    recordParams,
			body:     bodyOf("APIKeyChange"),
			response: ok("APIKey"),
			handler:  changeAPIKey,
		},
		{
			method:   "DELETE",
			path:     "/api/api-keys/{key_id}",
			id:       "deleteAPIKey",
			summary:  "Revokes an API key: it is refused from then on, and its realtime connections are closed.",
			access:   employersAndAdmins,
			response: noContent,
			handler:  deleteAPIKey,
		},
	}
}

func listAPIKeys(c *call) error {
	query, err := c.listQuery("-created")
	if err != nil {
		return err
	}
	return c.sendList(collections.APIKeys, query)
}

func createAPIKey(c *call) error {
	a, err := c.create(collections.APIKeys, c.expandQuery(), c.body)
	if err != nil {
		return explainRefusal(err, "employer", "Name an employer whose people you are one of. Only admins create keys of the board.")
	}
	return c.sendCreated(a, "/api/api-keys/%s/")
}

func viewAPIKey(c *call) error {
	a, err := c.view(collections.APIKeys, c.Param("key_id"), c.expandQuery())
	if err != nil {
		return err
	}
	return c.sendRecord(a)
}

func changeAPIKey(c *call) error {
	a, err := c.update(collections.APIKeys, c.Param("key_id"), c.expandQuery(), c.body)
	if err != nil {
		return err
	}
	return c.sendRecord(a)
}

func deleteAPIKey(c *call) error { return c.remove(collections.APIKeys, c.Param("key_id")) }
