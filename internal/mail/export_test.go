package mail

import (
	"time"

	"github.com/pocketbase/pocketbase/core"
)

// NewWorker returns the step of a freshly started mail worker.
func NewWorker() func(core.App) (bool, error) { return new(worker).step }

// BindSMTP is Bind without the worker, for boards that serve while the test sends the mails itself.
func BindSMTP(app core.App) { _ = bindSMTP(app, 30*time.Second) }
