//go:build unix

package clustertest

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jobboard/internal/testapp"
)

// Load is writers that write through all nodes, one after the other, and readers that check what each node shows.
type Load struct {
	c      *Cluster
	t      testing.TB
	ending chan struct{}
	all    sync.WaitGroup

	mu           sync.Mutex
	acknowledged map[string]time.Time // by word: when the write was acknowledged
	doubtful     map[string]bool      // words of writes of which nobody knows whether they happened
	refused      map[int]int          // by status
	took         []time.Duration      // of acknowledged writes
	last         time.Time            // when a write was acknowledged last
	gap          time.Duration        // the longest time without an acknowledgement
	reads        int
	broken       []string // what was wrong with reads
}

// Write starts writers, and a reader for each node, until End.
func (c *Cluster) Write(writers int) *Load {
	l := &Load{
		c: c, t: c.t, ending: make(chan struct{}), last: time.Now(),
		acknowledged: map[string]time.Time{}, doubtful: map[string]bool{}, refused: map[int]int{},
	}
	for n := range writers {
		l.all.Go(func() { l.write(n) })
	}
	for _, node := range c.Nodes {
		l.all.Go(func() { l.read(node) })
	}
	return l
}

func (l *Load) ended() bool {
	select {
	case <-l.ending:
		return true
	default:
		return false
	}
}

// write publishes jobs, each with a word of its own in its title.
func (l *Load) write(writer int) {
	for turn := writer; !l.ended(); turn++ {
		node := l.c.Nodes[turn%len(l.c.Nodes)]
		if !node.answers() {
			time.Sleep(5 * time.Millisecond)
			continue
		}
		word := fmt.Sprintf("w%x", rand.Uint64())
		began := time.Now()
		answer, err := l.c.Try(node, http.MethodPost, testapp.Records("jobs"), l.c.Job("Nurse "+word))
		now := time.Now()
		l.mu.Lock()
		switch {
		case err == nil && answer.Status == http.StatusOK:
			l.acknowledged[word] = now
			l.took = append(l.took, now.Sub(began))
			l.gap = max(l.gap, now.Sub(l.last))
			l.last = now
		case err != nil:
			l.doubtful[word] = true
		default:
			l.doubtful[word] = true
			l.refused[answer.Status]++
			if answer.Status < http.StatusInternalServerError {
				l.broken = append(l.broken, fmt.Sprintf("a write at %s: %d %s", node.Name, answer.Status, answer.Raw))
			}
		}
		failed := err != nil || answer.Status != http.StatusOK
		l.mu.Unlock()
		if failed {
			time.Sleep(20 * time.Millisecond) // as a client does that tries again
		}
	}
}

// read checks what a node shows: lists over HTTP, and the database file for what only whole transactions keep true.
func (l *Load) read(node *Node) {
	for !l.ended() {
		time.Sleep(20 * time.Millisecond)
		if !node.answers() {
			continue
		}
		if wrong := l.readOnce(node); wrong != "" {
			l.mu.Lock()
			l.broken = append(l.broken, node.Name+": "+wrong)
			l.mu.Unlock()
		}
	}
}

func (l *Load) readOnce(node *Node) (wrong string) {
	answer, err := l.c.Try(node, http.MethodGet, testapp.Records("jobs")+"?perPage=5&expand=employer&sort=-created", nil)
	if err != nil {
		return "" // it was ended or frozen
	}
	l.mu.Lock()
	l.reads++
	l.mu.Unlock()
	if answer.Status != http.StatusOK && answer.Status != http.StatusServiceUnavailable {
		return fmt.Sprintf("a list: %d %s", answer.Status, answer.Raw)
	}
	return node.whole()
}

// Acknowledged returns how many writes were acknowledged so far.
func (l *Load) Acknowledged() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.acknowledged)
}

// AwaitMore waits until so many more writes are acknowledged, and returns how long that took.
func (l *Load) AwaitMore(more int, most time.Duration) time.Duration {
	l.t.Helper()
	began, want := time.Now(), l.Acknowledged()+more
	await(l.t, most, func() string {
		if got := l.Acknowledged(); got < want {
			return fmt.Sprintf("%d writes were acknowledged, want %d", got, want)
		}
		return ""
	})
	return time.Since(began)
}

// Words returns up to so many words, each in the title of a job whose save was acknowledged.
func (l *Load) Words(most int) (words []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for word := range l.acknowledged {
		if len(words) == most {
			break
		}
		words = append(words, word)
	}
	return words
}

// Gap returns the longest time without an acknowledged write since the last call.
func (l *Load) Gap() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	gap := max(l.gap, time.Since(l.last))
	l.gap = 0
	return gap
}

// Outcome is what came of a load.
type Outcome struct {
	Acknowledged, Doubtful, Lost, Doubled, Reads int
	Refused                                      map[int]int
	Broken                                       []string
	P50, P99                                     time.Duration // of acknowledged writes
}

// End ends the load and compares what was acknowledged with what all nodes have, once they have the same.
func (l *Load) End() Outcome {
	l.t.Helper()
	close(l.ending)
	l.all.Wait()
	l.c.AwaitSame(time.Minute)
	o := Outcome{Acknowledged: len(l.acknowledged), Doubtful: len(l.doubtful), Refused: l.refused, Reads: l.reads, Broken: l.broken}
	for _, node := range l.c.Nodes {
		if !node.Runs() {
			continue
		}
		titles := node.Titles()
		for word := range l.acknowledged {
			if titles["Nurse "+word] == 0 {
				o.Lost++
				o.Broken = append(o.Broken, node.Name+" lacks "+word)
			}
		}
		for title, times := range titles {
			if times > 1 && strings.HasPrefix(title, "Nurse w") {
				o.Doubled++
				o.Broken = append(o.Broken, fmt.Sprintf("%s has %s %d times", node.Name, title, times))
			}
		}
	}
	if len(l.took) > 0 {
		slices.Sort(l.took)
		o.P50, o.P99 = l.took[len(l.took)/2], l.took[len(l.took)*99/100]
	}
	return o
}

// MustBeSound fails the test if anything acknowledged was lost or doubled, or any read was broken.
func (o Outcome) MustBeSound(t testing.TB) {
	t.Helper()
	if o.Acknowledged == 0 {
		t.Error("no write was acknowledged")
	}
	if o.Lost > 0 || o.Doubled > 0 || len(o.Broken) > 0 {
		t.Errorf("%d acknowledged writes: %d lost, %d doubled, %d broken of %d reads: %.5v", o.Acknowledged, o.Lost, o.Doubled,
			len(o.Broken), o.Reads, o.Broken)
	}
}

// send sends a request and reads the answer.
func send(request *http.Request) (testapp.Response, error) {
	answer, err := client.Do(request)
	if err != nil {
		return testapp.Response{}, err
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		return testapp.Response{}, err
	}
	response := testapp.Response{Status: answer.StatusCode, Header: answer.Header, Raw: string(raw)}
	_ = json.Unmarshal(raw, &response.Body) // nil where it is no JSON
	return response, nil
}
