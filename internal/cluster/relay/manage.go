package relay

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/bucket"
	"jobboard/internal/cluster"
	"jobboard/internal/leadership"
)

// managed is a node that also tells how it is, and hands the lead over.
type managed interface {
	Node
	Status() cluster.Status
	Standing() leadership.Standing
	Bucket() *bucket.Bucket
	StepDownFor(ctx context.Context, node string) error
	Promote(ctx context.Context) error
}

// handOverTimeout is how long a change of the leader on request may take.
const handOverTimeout = 30 * time.Second

// bindManagement serves how the cluster is, and changes who leads it.
func (r *relay) bindManagement(e *core.ServeEvent, node managed) {
	ready := func(e *core.RequestEvent) error { return answerReady(e, node) }
	e.Router.GET("/api/board/ready", ready)
	e.Router.GET("/api/board/ready/", ready)
	look := func(e *core.RequestEvent) error {
		if !e.HasSuperuserAuth() && (e.Auth == nil || e.Auth.GetString("role") != collections.RoleAdmin) {
			return e.ForbiddenError("This is for administrators.", nil)
		}
		survey, err := Look(e.Request.Context(), node.Bucket())
		if err != nil {
			return e.Error(http.StatusServiceUnavailable, "The bucket does not answer.", err)
		}
		e.Response.Header().Set("Cache-Control", "private, no-store")
		return e.JSON(http.StatusOK, survey)
	}
	e.Router.GET(strings.TrimSuffix(clusterPrefix, "/"), look)
	e.Router.GET(clusterPrefix+"{$}", look)
	internal := func(method, name string, do func(*core.RequestEvent) error) {
		e.Router.Route(method, clusterPrefix+name, nodesOnly(do)).Unbind(apis.DefaultRateLimitMiddlewareId)
	}
	internal(http.MethodGet, "node", func(e *core.RequestEvent) error { return e.JSON(http.StatusOK, node.Status()) })
	internal(http.MethodPost, "step-down", func(e *core.RequestEvent) error { return r.stepDown(e, node) })
	internal(http.MethodPost, "promote", func(e *core.RequestEvent) error { return r.promote(e, node) })
}

// answerReady answers load balancers whether to send clients here.
func answerReady(e *core.RequestEvent, node managed) error {
	standing := node.Standing()
	answer := struct {
		Ready bool     `json:"ready"`
		Role  string   `json:"role"`
		Lag   *float64 `json:"lag"`
	}{Ready: standing.IsReady(), Role: standing.Role}
	if lag := seconds(standing.Lag); standing.Leads || standing.Lag < 365*24*time.Hour { // it has caught up once
		answer.Lag = &lag
	}
	status := http.StatusOK
	if !answer.Ready {
		status = http.StatusServiceUnavailable
	}
	e.Response.Header().Set("Cache-Control", "no-store")
	return e.JSON(status, answer)
}

// order is the body of a request to step down.
type order struct {
	For string `json:"for"` // the node that shall lead then; "" for any
}

func (r *relay) stepDown(e *core.RequestEvent, node managed) error {
	var wanted order
	if err := e.BindBody(&wanted); err != nil {
		return e.BadRequestError("The order is not well formed.", err)
	}
	if !node.Leading() {
		return e.Error(http.StatusMisdirectedRequest, "This node does not lead.", nil)
	}
	ctx, cancel := context.WithTimeout(e.Request.Context(), handOverTimeout)
	defer cancel()
	if err := node.StepDownFor(ctx, wanted.For); err != nil {
		return e.InternalServerError("The node did not step down.", err)
	}
	return e.NoContent(http.StatusNoContent)
}

// promote makes this node lead, by asking the leader to step down for it.
func (r *relay) promote(e *core.RequestEvent, node managed) error {
	ctx, cancel := context.WithTimeout(e.Request.Context(), handOverTimeout)
	defer cancel()
	if node.Leading() {
		return e.NoContent(http.StatusNoContent)
	}
	if standing := node.Standing(); !standing.IsReady() {
		return e.Error(http.StatusConflict, fmt.Sprintf("This node is %s and %s behind: it can't lead now.", standing.Role,
			standing.Lag.Round(time.Second)), nil)
	}
	if leader := node.LeaderURL(); leader != "" {
		body, err := json.Marshal(order{For: node.Status().Node})
		if err != nil {
			return err
		}
		if _, err := r.ask(ctx, leader, http.MethodPost, clusterPrefix+"step-down", body); err != nil {
			e.App.Logger().Warn("The leader did not step down on request.", "error", err) // it may be gone: then this node leads soon
		}
	}
	if err := node.Promote(ctx); err != nil {
		return e.Error(http.StatusServiceUnavailable, "The node does not lead yet.", err)
	}
	return e.NoContent(http.StatusNoContent)
}

// Ask sends a request below /api/board/cluster/ to the node at an address, as a node of the cluster whose bucket has that secret.
func Ask(ctx context.Context, bucketSecret, node, method, path string, body []byte) ([]byte, error) {
	client := &http.Client{Transport: newTransport()}
	defer client.CloseIdleConnections()
	return ask(ctx, client, newSigningKey(bucketSecret), method, strings.TrimSuffix(node, "/")+clusterPrefix+path, body)
}
