package mail

import "github.com/pocketbase/pocketbase/core"

// NewWorker returns the step of a freshly started mail worker.
func NewWorker() func(core.App) (bool, error) { return new(worker).step }
