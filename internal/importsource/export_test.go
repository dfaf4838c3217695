package importsource

import (
	"context"

	"github.com/pocketbase/pocketbase/core"
)

// NewStep returns the step of a new worker, as after a start of the board.
func NewStep(options Options) func(ctx context.Context, app core.App) (more bool, err error) {
	return (&worker{options: options}).step
}
