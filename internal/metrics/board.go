package metrics

import (
	"slices"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
	"github.com/prometheus/client_golang/prometheus"

	"jobboard/collections"
	"jobboard/internal/checks"
	"jobboard/internal/search"
)

var (
	connections = prometheus.NewDesc("jobboard_realtime_connections", "Open realtime connections.", nil, nil)
	mails       = prometheus.NewDesc("jobboard_mails_waiting", "Notifications whose mail is still to be sent.", nil, nil)
	fanouts     = prometheus.NewDesc("jobboard_fanouts_waiting", "Published jobs whose seekers are still to be notified.", nil, nil)
	documents   = prometheus.NewDesc("jobboard_search_documents", "Documents in the search index.", []string{"kind"}, nil)
	lag         = prometheus.NewDesc("jobboard_search_lag", "Changes that are committed but not in the index yet.", []string{"kind"}, nil)
	level       = prometheus.NewDesc("jobboard_check_level", "What the latest check of the set-up found: 0 ok, 1 warning, 2 error.",
		[]string{"check"}, nil)
	build = prometheus.NewDesc("jobboard_build_info", "Always 1; the label names the version.", []string{"version"}, nil)
)

// board collects the board's own figures whenever the metrics are read.
type board struct{ app core.App }

// Describe implements [prometheus.Collector].
func (b *board) Describe(out chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{connections, mails, fanouts, documents, lag, level, build} {
		out <- desc
	}
	describeNode(out)
}

// Collect implements [prometheus.Collector].
func (b *board) Collect(out chan<- prometheus.Metric) {
	gauge := func(desc *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, labels...)
	}
	gauge(build, 1, pocketbase.Version)
	collectNode(b.app, out)
	for _, result := range checks.Latest(b.app).Checks {
		gauge(level, float64(slices.Index(checks.Levels(), result.Level)), result.Check)
	}
	gauge(connections, float64(b.app.SubscriptionsBroker().TotalClients()))
	count := func(desc *prometheus.Desc, table string, where dbx.Expression) {
		var n int
		if err := b.app.DB().Select("count(*)").From(table).Where(where).Row(&n); err != nil {
			out <- prometheus.NewInvalidMetric(desc, err)
			return
		}
		gauge(desc, float64(n))
	}
	count(mails, collections.Notifications, dbx.HashExp{"mail": collections.MailPending})
	count(fanouts, "fanouts", nil)

	indexes, err := search.Standings(b.app)
	if err != nil {
		out <- prometheus.NewInvalidMetric(documents, err)
		return
	}
	for _, index := range indexes {
		gauge(documents, index.Documents, index.Kind)
		gauge(lag, index.Lag, index.Kind)
	}
}
