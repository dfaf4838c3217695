package checks

import (
	"context"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/background"
)

// Bind runs the checks when the app serves and every ten minutes from then on, and logs what they find: each problem once, until it is
// gone or has become worse.
func Bind(app core.App, options Options) {
	app.Store().Set(optionsKey, options)
	bindProxy(app)
	news := &news{levels: map[string]Level{}}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		if err := e.Next(); err != nil {
			return err
		}
		news.log(e.App)
		return nil
	})
	background.ScheduleOnEveryNode(app, "jobboardChecks", "*/10 * * * *", func(app core.App, _ time.Time) error {
		news.log(app)
		return nil
	})
}

// news is what was logged of the checks.
type news struct {
	mu     sync.Mutex
	levels map[string]Level // by check, of the run before
}

// log runs the checks and logs what has become bad, or worse, since the run before.
func (n *news) log(app core.App) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, result := range Run(context.Background(), app).Checks {
		before := n.levels[result.Check]
		n.levels[result.Check] = result.Level
		if result.Level == OK || before == result.Level || before == Error {
			continue
		}
		log := app.Logger().Warn
		if result.Level == Error {
			log = app.Logger().Error
		}
		log("The board's set-up needs attention.", "check", result.Check, "message", result.Message, "advice", result.Advice)
	}
}
