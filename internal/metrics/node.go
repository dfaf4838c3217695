package metrics

import (
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/prometheus/client_golang/prometheus"

	"jobboard/internal/leadership"
)

var (
	nodeLeads = prometheus.NewDesc("jobboard_node_leads", "1 if this node of a cluster leads, else 0; the label names its role.",
		[]string{"role"}, nil)
	nodeLag = prometheus.NewDesc("jobboard_node_lag_seconds",
		"For how long this node has not had all that is in the cluster's log.", nil, nil)
	nodeTransaction = prometheus.NewDesc("jobboard_node_transaction", "The last transaction that this node has.", nil, nil)
	logTransaction  = prometheus.NewDesc("jobboard_log_transaction",
		"The last transaction in the cluster's log, at the leader's last renewal of its lease.", nil, nil)
	bucketErrors = prometheus.NewDesc("jobboard_bucket_errors_total", "Requests to the bucket that have failed.", nil, nil)
	bucketSilent = prometheus.NewDesc("jobboard_bucket_silent_seconds", "How long ago the bucket last answered.", nil, nil)
)

func describeNode(out chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{nodeLeads, nodeLag, nodeTransaction, logTransaction, bucketErrors, bucketSilent} {
		out <- desc
	}
}

// collectNode collects how the app stands in its cluster, and nothing if it runs alone.
func collectNode(app core.App, out chan<- prometheus.Metric) {
	standing, clustered := leadership.StandingOf(app)
	if !clustered {
		return
	}
	gauge := func(desc *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, labels...)
	}
	leads := 0.0
	if standing.Leads {
		leads = 1
	}
	gauge(nodeLeads, leads, standing.Role)
	gauge(nodeLag, standing.Lag.Seconds())
	gauge(nodeTransaction, float64(standing.TXID))
	gauge(logTransaction, float64(max(standing.LeaderTXID, standing.TXID)))
	out <- prometheus.MustNewConstMetric(bucketErrors, prometheus.CounterValue, float64(standing.BucketErrors))
	if !standing.BucketAnswered.IsZero() {
		gauge(bucketSilent, time.Since(standing.BucketAnswered).Seconds())
	}
}
