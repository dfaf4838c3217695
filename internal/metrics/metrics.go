// Package metrics serves figures on the board's load and health to a Prometheus server, at /metrics.
package metrics

import (
	"context"
	"crypto/subtle"
	"net/http"
	"strconv"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/router"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"jobboard/internal/session"
)

const (
	path         = "/metrics"
	realtimePath = "/api/realtime" // open for hours, which says nothing about speed
)

// Options configures the metrics.
type Options struct {
	Token string // to be sent as "Authorization: Bearer TOKEN"; without one, nothing is measured and /metrics is not found
}

// Bind measures app's requests and serves the metrics to whoever sends the token.
func Bind(app core.App, options Options) {
	if options.Token == "" {
		return
	}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		registry := prometheus.NewRegistry()
		registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
		registry.MustRegister(&board{app: e.App})
		e.Router.Bind(measure(registry))
		page := promhttp.HandlerFor(registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
		e.Router.GET(path, func(e *core.RequestEvent) error {
			if subtle.ConstantTimeCompare([]byte(session.BearerToken(e.Request)), []byte(options.Token)) != 1 {
				e.Response.Header().Set("WWW-Authenticate", "Bearer")
				return e.UnauthorizedError("This request needs the token of the metrics.", nil)
			}
			page.ServeHTTP(e.Response, e.Request)
			return nil
		})
		return e.Next()
	})
}

type measuredKey struct{}

// measure returns a middleware that counts and times requests by method, route and status. The record requests that a REST request
// turns into are part of it, so they are not counted again.
func measure(registry *prometheus.Registry) *hook.Handler[*core.RequestEvent] {
	seconds := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "jobboard_http_request_duration_seconds",
		Help:    "How long requests took, by method, route and status.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
	}, []string{"method", "route", "status"})
	registry.MustRegister(seconds)
	return &hook.Handler[*core.RequestEvent]{
		Id:       "jobboardMetrics",
		Priority: apis.DefaultPanicRecoverMiddlewarePriority - 1,
		Func: func(e *core.RequestEvent) error {
			if e.Request.Context().Value(measuredKey{}) != nil || e.Request.URL.Path == realtimePath {
				return e.Next()
			}
			route, method := e.Request.Pattern, e.Request.Method
			e.Request = e.Request.WithContext(context.WithValue(e.Request.Context(), measuredKey{}, true))
			began := time.Now()
			err := e.Next()
			seconds.WithLabelValues(known(method), route, strconv.Itoa(statusOf(e, err))).Observe(time.Since(began).Seconds())
			return err
		},
	}
}

// known returns the method, or "other" for made-up ones, each of which would become a series of its own.
func known(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}

func statusOf(e *core.RequestEvent, err error) int {
	switch {
	case e.Status() != 0: // an answer that is written already wins
		return e.Status()
	case err != nil:
		return router.ToApiError(err).Status
	}
	return http.StatusOK
}
