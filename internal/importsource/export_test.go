package importsource

import (
	"context"

	"github.com/pocketbase/pocketbase/core"
)

// NewStep returns the step of a new worker, as after a start of the board: the first one recovers interrupted runs.
func NewStep(options Options) func(ctx context.Context, app core.App) (more bool, err error) {
	w, begun := &worker{options: options}, false
	return func(ctx context.Context, app core.App) (more bool, err error) {
		if !begun {
			if err := recoverInterrupted(ctx, app); err != nil {
				return false, err
			}
			begun = true
		}
		return w.step(ctx, app)
	}
}
