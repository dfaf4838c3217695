package mail

import "github.com/pocketbase/pocketbase/core"

// NewWorker returns the step of a mail worker as it is after a start.
func NewWorker() func(core.App) (bool, error) { return new(worker).step }
