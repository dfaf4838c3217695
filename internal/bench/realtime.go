package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"jobboard/internal/benchboard"
)

// listeners are the readers' realtime connections, each with its own notifications as the topic.
type listeners struct {
	mu      sync.Mutex
	waiting map[string]chan struct{} // by application: closed when its notification arrives
	streams []*http.Response
}

// measureDelivery changes statuses while the readers listen, and measures the time from the request to the arrival of the event.
func (r *run) measureDelivery(s *scene) (err error) {
	l := &listeners{waiting: map[string]chan struct{}{}}
	defer l.close()
	for i := range readers {
		if err := l.listen(s, seekerID(i)); err != nil {
			return err
		}
	}
	_, err = r.load(s.server, &r.delivery, func() error {
		m := s.nextMove()
		arrived := l.expect(m.application)
		_, err := s.server.Do(benchboard.Request{Method: http.MethodPatch, Token: s.tokens[m.job.owner],
			Path: "/api/jobs/" + m.job.id + "/applications/" + m.application + "/status/", Body: m.body()})
		if err != nil {
			return err
		}
		select {
		case <-arrived:
			return nil
		case <-time.After(10 * time.Second):
			return errors.New("a notification did not arrive within ten seconds")
		}
	})
	return err
}

func (l *listeners) close() {
	for _, stream := range l.streams {
		stream.Body.Close()
	}
}

// expect returns a channel that is closed when the next notification about an application arrives.
func (l *listeners) expect(application string) chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting[application] = make(chan struct{})
	return l.waiting[application]
}

// listen connects a user and subscribes to the user's notifications.
func (l *listeners) listen(s *scene, user string) error {
	stream, err := http.Get(s.server.URL + "/api/realtime")
	if err != nil {
		return err
	}
	l.streams = append(l.streams, stream)
	events := bufio.NewScanner(stream.Body)
	events.Buffer(nil, 1<<20)
	first, ok := nextData(events)
	if !ok {
		return fmt.Errorf("the realtime connection ended: %w", events.Err())
	}
	var hello struct{ ClientID string }
	if err := json.Unmarshal([]byte(first), &hello); err != nil {
		return err
	}
	_, err = s.server.Do(benchboard.Request{Method: http.MethodPost, Path: "/api/realtime", Token: s.tokens[user],
		Status: http.StatusNoContent,
		Body:   benchboard.JSON(map[string]any{"clientId": hello.ClientID, "subscriptions": []string{"notifications/*"}})})
	if err != nil {
		return err
	}
	go func() {
		for {
			data, ok := nextData(events)
			if !ok {
				return // closed
			}
			l.arrive(data)
		}
	}()
	return nil
}

// nextData returns the data of the next event.
func nextData(events *bufio.Scanner) (data string, ok bool) {
	for events.Scan() {
		if data, ok := strings.CutPrefix(events.Text(), "data:"); ok {
			return data, true
		}
	}
	return "", false
}

func (l *listeners) arrive(event string) {
	var e struct {
		Record struct{ Data struct{ Application string } }
	}
	if err := json.Unmarshal([]byte(event), &e); err != nil {
		logf("an event that is no JSON: %v", err)
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if arrived := l.waiting[e.Record.Data.Application]; arrived != nil {
		close(arrived)
		delete(l.waiting, e.Record.Data.Application)
	}
}
