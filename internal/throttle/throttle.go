package throttle

import (
	"time"

	"github.com/pocketbase/pocketbase/core"
)

// Options are the limits that can be configured; 0 is the default.
type Options struct {
	// PasswordTries is how many wrong passwords in a row one address may send for one account.
	PasswordTries int
	// Registrations is how many new accounts one address may ask for at once.
	Registrations int
}

// throttle counts the tries on one board.
type throttle struct {
	pairs     *buckets // wrong passwords, by account and address
	accounts  *buckets // wrong passwords from addresses that the account has not logged in from, by account
	addresses *buckets // wrong passwords, by address
	newcomers *buckets // registrations, by address
	jobs      *buckets // publications, by job
	clicks    *buckets // of the way to apply, by address
}

const storeKey = "jobboard.throttle"

// Bind limits logins by password, checks of the old password and registrations, in both APIs.
func Bind(app core.App, options Options) {
	app.Store().Set(storeKey, newThrottle(options))
	bindPasswords(app)
	bindKnown(app)
	app.OnBatchRequest().BindFunc(limitRegistrationsOnBatch)
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.Bind(countByBlock(), limitRegistrations(), limitEmailChanges())
		return e.Next()
	})
}

func newThrottle(options Options) *throttle {
	if options.PasswordTries == 0 {
		options.PasswordTries = 10
	}
	if options.Registrations == 0 {
		options.Registrations = 20
	}
	return &throttle{
		pairs: newBuckets(Limit{options.PasswordTries, time.Minute}),
		// More than one address may try, so that it takes several addresses before all strangers have to wait.
		accounts: newBuckets(Limit{5 * options.PasswordTries, 30 * time.Second}),
		// An office or a school shares one address.
		addresses: newBuckets(Limit{10 * options.PasswordTries, 10 * time.Second}),
		newcomers: newBuckets(Limit{options.Registrations, time.Minute}),
		jobs:      newBuckets(publications),
		clicks:    newBuckets(applyClicks),
	}
}

// of returns the throttle of a board: the one that Bind has made, else one with the default limits.
func of(app core.App) *throttle {
	return app.Store().GetOrSet(storeKey, func() any { return newThrottle(Options{}) }).(*throttle)
}

// isOff reports whether a request is not counted: the limits are off, or its caller or address is exempt.
func isOff(e *core.RequestEvent) bool {
	limits := e.App.Settings().RateLimits
	return !limits.Enabled || e.HasSuperuserAuth() || isListed(e.RealIP(), limits.ExcludedIPs)
}
