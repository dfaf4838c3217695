package relay

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/leadership"
)

const (
	clusterPrefix = "/api/board/cluster/"
	callsPrefix   = clusterPrefix + "calls/"
	mostCalled    = 8 << 20     // bytes of a call or its answer
	callTimeout   = time.Minute // of calls whose context has no deadline
)

// bindCalls serves what other nodes ask of this one.
func (r *relay) bindCalls(e *core.ServeEvent) {
	e.Router.POST(callsPrefix+"{name}", nodesOnly(r.answerCall)).Unbind(apis.DefaultRateLimitMiddlewareId)
}

// nodesOnly hides a route from everybody but the nodes of this cluster.
func nodesOnly(do func(*core.RequestEvent) error) func(*core.RequestEvent) error {
	return func(e *core.RequestEvent) error {
		if !isFromNode(e) {
			return e.NotFoundError("", nil)
		}
		return do(e)
	}
}

func isFromNode(e *core.RequestEvent) bool { return e.Request.Context().Value(fromNodeKey{}) != nil }

// answerCall runs a handler of leadership.Handle for another node.
func (r *relay) answerCall(e *core.RequestEvent) error {
	if !r.node.Leading() {
		return e.Error(http.StatusMisdirectedRequest, "This node does not lead.", nil)
	}
	do := leadership.HandlerOf(e.App, e.Request.PathValue("name"))
	if do == nil {
		return e.NotFoundError("", nil)
	}
	body, err := io.ReadAll(io.LimitReader(e.Request.Body, mostCalled))
	if err != nil {
		return e.BadRequestError("The call ended before it was whole.", err)
	}
	answer, err := do(e.Request.Context(), body)
	if err == nil && !r.options.Quick { // even if nothing was written: a repeated call may be told of what the first one wrote
		ctx, cancel := context.WithTimeout(e.Request.Context(), r.options.AwaitLog)
		defer cancel()
		err = r.node.Await(ctx)
	}
	if err != nil {
		return e.InternalServerError("", err)
	}
	return e.Blob(http.StatusOK, "application/octet-stream", answer)
}

// call brings a call to the leader.
func (r *relay) call(ctx context.Context, name string, body []byte) ([]byte, error) {
	answer, err := r.ask(ctx, r.node.LeaderURL(), http.MethodPost, callsPrefix+name, body)
	if err != nil {
		return nil, fmt.Errorf("call %s: %w", name, err)
	}
	return answer, nil
}

// ask sends a request of this node to another one and returns the body of its answer.
func (r *relay) ask(ctx context.Context, node, method, path string, body []byte) ([]byte, error) {
	if node == "" {
		return nil, leadership.ErrNoLeader
	}
	if _, limited := ctx.Deadline(); !limited {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, callTimeout)
		defer cancel()
	}
	return ask(ctx, r.client, r.key, method, strings.TrimSuffix(node, "/")+path, body)
}

func ask(ctx context.Context, client *http.Client, key signingKey, method, address string, body []byte) (answer []byte, err error) {
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	key.sign(request, nodeItself)
	response, err := client.Do(request)
	if err != nil {
		var connecting *net.OpError
		if errors.As(err, &connecting) && connecting.Op == "dial" {
			return nil, fmt.Errorf("%w: %w", leadership.ErrNoLeader, err)
		}
		return nil, err
	}
	defer func() { err = errors.Join(err, response.Body.Close()) }()
	answer, err = io.ReadAll(io.LimitReader(response.Body, mostCalled))
	switch {
	case err != nil:
		return nil, err
	case response.StatusCode == http.StatusMisdirectedRequest:
		return nil, leadership.ErrNoLeader
	case response.StatusCode >= http.StatusMultipleChoices:
		return nil, fmt.Errorf("the node answered %s: %.200s", response.Status, answer)
	}
	return answer, nil
}
