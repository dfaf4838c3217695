package checks

import (
	"net"
	"sync/atomic"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
)

const proxyKey = "jobboard.checks.proxy"

// proxyHeaders are where reverse proxies say for whom they ask.
var proxyHeaders = []string{"X-Forwarded-For", "X-Real-Ip", "Cf-Connecting-Ip", "Fly-Client-Ip", "Forwarded"}

// bindProxy notes which header a proxy on this machine or in its private network has sent. Others could send one to make the check
// give bad advice.
func bindProxy(app core.App) {
	seen := new(atomic.Pointer[string])
	app.Store().Set(proxyKey, seen)
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.Bind(&hook.Handler[*core.RequestEvent]{
			Id:       "jobboardChecksProxy",
			Priority: apis.DefaultPanicRecoverMiddlewarePriority - 1,
			Func: func(e *core.RequestEvent) error {
				if seen.Load() == nil {
					noteProxy(e, seen)
				}
				return e.Next()
			},
		})
		return e.Next()
	})
}

func noteProxy(e *core.RequestEvent, seen *atomic.Pointer[string]) {
	for _, header := range proxyHeaders {
		if e.Request.Header.Get(header) == "" {
			continue
		}
		if ip := net.ParseIP(e.RemoteIP()); ip != nil && (ip.IsLoopback() || ip.IsPrivate()) {
			seen.Store(&header)
		}
		return
	}
}

// proxy checks that the board knows who asks when requests come through a reverse proxy.
func proxy(app core.App) Result {
	const check = "proxy"
	if trusted := app.Settings().TrustedProxy.Headers; len(trusted) > 0 {
		return fine(check, "The addresses of clients are read from %s.", trusted)
	}
	seen, _ := app.Store().Get(proxyKey).(*atomic.Pointer[string])
	if seen == nil || seen.Load() == nil {
		return fine(check, "No reverse proxy was noticed.")
	}
	header := *seen.Load()
	return bad(check, Warning, "If the proxy always sets that header itself, set JOBBOARD_TRUSTED_PROXY_HEADERS="+header+" (docs/deploy.md).",
		"Requests come through a reverse proxy (%s), so all clients share one address and its limits.", header)
}
