// Package checks looks for what is wrong with a board's set-up and says what to do about it: in the command doctor, at the start of
// serve, in the log, at GET /api/board/checks/ and in the metrics.
package checks

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/leadership"
)

// Level says how bad the outcome of a check is.
type Level string

// The levels, from the best to the worst.
const (
	OK      Level = "ok"
	Warning Level = "warning" // the board works, but something should be changed before people rely on it
	Error   Level = "error"   // something that the board is there for does not work
)

// Levels returns all levels, from the best to the worst.
func Levels() []Level { return []Level{OK, Warning, Error} }

// Result is the outcome of one check. It holds no secrets.
type Result struct {
	Check   string `json:"check"`
	Level   Level  `json:"level"`
	Message string `json:"message"`
	Advice  string `json:"advice"` // what to do; "" if the level is OK
}

// Report is the outcome of several checks.
type Report struct {
	Level  Level    `json:"level"` // the worst of them
	Checks []Result `json:"checks"`
}

// NewReport returns the report of some results.
func NewReport(results []Result) Report {
	report := Report{Level: OK, Checks: results}
	for _, result := range results {
		if slices.Index(Levels(), result.Level) > slices.Index(Levels(), report.Level) {
			report.Level = result.Level
		}
	}
	return report
}

// Problems returns the results that are not OK.
func (r Report) Problems() []Result {
	return slices.DeleteFunc(slices.Clone(r.Checks), func(result Result) bool { return result.Level == OK })
}

func fine(check, format string, values ...any) Result {
	return Result{Check: check, Level: OK, Message: fmt.Sprintf(format, values...)}
}

// bad returns a result that asks for something to be done.
func bad(check string, level Level, advice, format string, values ...any) Result {
	return Result{Check: check, Level: level, Message: fmt.Sprintf(format, values...), Advice: advice}
}

// unknown returns the result of a check that could not be made.
func unknown(check string, err error) Result {
	return bad(check, Warning, "Find out why; the check says nothing about what it is for.", "This could not be checked: %v.", err)
}

// Options configures the checks.
type Options struct {
	// UnknownVariables are the JOBBOARD_ variables that the board does not know, each with what was probably meant.
	UnknownVariables []string
	// Program is how the command line is called, such as "jobboard --dir /srv/board"; "jobboard" by default.
	Program string
}

const (
	optionsKey = "jobboard.checks.options"
	latestKey  = "jobboard.checks.latest"
)

// patience bounds all checks of a run together: backups may be kept on another machine.
const patience = 10 * time.Second

// Run checks an open board.
func Run(ctx context.Context, app core.App) Report {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	options := optionsOf(app)
	results := []Result{
		variables(options.UnknownVariables),
		Folder(app.DataDir()),
		disk(app),
		clock(app, time.Now()),
		administrators(app, options.Program),
		address(app),
		sender(app),
		mailWay(app),
		mailQueue(app),
		backups(ctx, app, time.Now()),
		limits(app),
		proxy(app),
	}
	if standing, clustered := leadership.StandingOf(app); clustered {
		results = append(results, node(standing, time.Now()))
	}
	report := NewReport(results)
	app.Store().Set(latestKey, report)
	return report
}

// Latest returns the report of the latest run in this process. It has no checks before the first one.
func Latest(app core.App) Report {
	report, _ := app.Store().Get(latestKey).(Report)
	return report
}

func optionsOf(app core.App) Options {
	options, _ := app.Store().Get(optionsKey).(Options)
	if options.Program == "" {
		options.Program = "jobboard"
	}
	return options
}
