package api

import (
	"net/http"

	"jobboard/internal/checks"
)

func boardRoutes() []route {
	return []route{
		{
			method:   "GET",
			path:     "/api/board/checks",
			id:       "checkBoard",
			summary:  "Checks the board's set-up, as jobboard doctor does, and says what to do.",
			access:   adminsOnly,
			response: ok("BoardChecks"),
			handler:  checkBoard,
		},
	}
}

func checkBoard(c *call) error {
	c.Response().Header().Set("Cache-Control", "private, no-store")
	return c.send(http.StatusOK, checks.Run(c.Request().Context(), c.app()))
}
