package relay

import (
	"context"
	"net/http"
	"strconv"

	"github.com/pocketbase/pocketbase/tools/router"

	"jobboard/internal/problem"
)

// Header carries the number of a transaction: in answers of the one that has what the request wrote, in requests of the one that the
// answer must have seen.
const Header = "X-Board-Tx"

// checkNumber checks the values of the header.
func checkNumber(values []string) error {
	if len(values) == 1 {
		if number, err := strconv.ParseUint(values[0], 10, 63); err == nil && number > 0 {
			return nil
		}
	}
	return router.NewBadRequestError("The header "+Header+" is wrong.",
		problem.Field(Header, problem.InvalidValue, "Must be one whole number above 0, as an answer has had it."))
}

// caughtUp reports whether this follower has the transaction that the request has to see, for which it waits a moment.
func (r *relay) caughtUp(request *http.Request) bool {
	value := request.Header.Get(Header)
	if value == "" {
		return true
	}
	number, err := strconv.ParseUint(value, 10, 63)
	if err != nil || number <= r.node.TXID() {
		return err == nil
	}
	ctx, cancel := context.WithTimeout(request.Context(), r.options.CatchUp)
	defer cancel()
	return r.node.WaitFor(ctx, number) == nil
}
