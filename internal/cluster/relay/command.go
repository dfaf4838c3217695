package relay

import (
	"context"
	"fmt"
	"net/http"
	"strings"
)

// CallLeader brings a call to the leader for a command, which is no node but has the same bucket.
func CallLeader(ctx context.Context, bucketSecret, leader, name string, body []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	client := &http.Client{Transport: newTransport()}
	defer client.CloseIdleConnections()
	answer, err := ask(ctx, client, newSigningKey(bucketSecret), http.MethodPost, strings.TrimSuffix(leader, "/")+callsPrefix+name, body)
	if err != nil {
		return nil, fmt.Errorf("call %s: %w", name, err)
	}
	return answer, nil
}
