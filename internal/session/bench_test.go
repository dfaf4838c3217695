package session_test

import (
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/session"
	"jobboard/internal/testapp"
)

// BenchmarkRequest views oneself over HTTP without sessions, and with them while many sessions are revoked.
func BenchmarkRequest(b *testing.B) {
	run := func(b *testing.B, board *testapp.Board) {
		user := board.Seeker("ada")
		token := board.Token(user)
		path := testapp.Records(collections.Users, user.Id)
		handler := board.Handler()
		for b.Loop() {
			request := httptest.NewRequest("GET", path, nil)
			request.Header.Set("Authorization", token)
			answer := httptest.NewRecorder()
			handler.ServeHTTP(answer, request)
			if answer.Code != 200 {
				b.Fatal(answer.Code)
			}
		}
	}
	b.Run("without sessions", func(b *testing.B) { run(b, testapp.NewBoard(b)) })
	for _, n := range []int{0, 1, 100_000} {
		b.Run(fmt.Sprintf("revoked=%d", n), func(b *testing.B) {
			board := testapp.NewBoard(b, session.Bind)
			revokeMany(b, board, n)
			run(b, board)
		})
	}
}

// BenchmarkIsRevoked is the part of a request that sessions add.
func BenchmarkIsRevoked(b *testing.B) {
	for _, n := range []int{0, 1, 100_000} {
		b.Run(fmt.Sprintf("revoked=%d", n), func(b *testing.B) {
			board := testapp.NewBoard(b, session.Bind)
			revokeMany(b, board, n)
			board.Handler()
			token := login(b, board, board.Seeker("ada"))
			b.ReportAllocs()
			for b.Loop() {
				if session.IsRevoked(board.TestApp, token) {
					b.Fatal("revoked")
				}
			}
		})
	}
}

// revokeMany writes rows as a busy board has them, before the board is served.
func revokeMany(b *testing.B, board *testapp.Board, n int) {
	expires := time.Now().Add(24 * time.Hour).UTC().Format("2006-01-02 15:04:05.000Z")
	err := board.RunInTransaction(func(tx core.App) error {
		for i := range n {
			_, err := tx.DB().Insert(collections.RevokedSessions, map[string]any{
				"id": fmt.Sprintf("row%012d", i), "session": fmt.Sprintf("session-%014d", i), "expires": expires,
			}).Execute()
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}
