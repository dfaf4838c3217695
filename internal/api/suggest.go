package api

import (
	"fmt"
	"net/http"

	"jobboard/internal/search"
)

const maxSuggestions = 10 // of each kind

// suggestJobs completes what has been typed so far, with roles, skills, companies and places of published jobs.
func suggestJobs(c *call) error {
	board, err := search.For(c.door.app, search.Jobs)
	if err != nil {
		return fmt.Errorf("open the search index: %w", err)
	}
	found, err := board.Suggest(c.QueryParam("q"), search.Published(), maxSuggestions)
	if err != nil {
		return err
	}
	return c.send(http.StatusOK, found)
}
