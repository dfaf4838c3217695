package webhook_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/testapp"
	"jobboard/internal/webhook"
)

// Receivers that hang or lie keep nobody else waiting, and the log keeps little of what they say.
func TestHostileReceiversDelayNobody(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	release := make(chan struct{})
	t.Cleanup(func() { close(release) }) // before the servers are closed, which wait for their handlers
	hanging := newReceiver(t, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	endless := newReceiver(t, func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := io.WriteString(w, strings.Repeat("\x00<b>more</b>", 100)); err != nil {
				return
			}
		}
	})
	dripping := newReceiver(t, func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			_, _ = io.WriteString(w, "x")
			w.(http.Flusher).Flush()
			time.Sleep(50 * time.Millisecond)
		}
	})
	good := newReceiver(t, nil)
	secret := newReceiver(t, nil)
	leading := newReceiver(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, secret.URL, http.StatusTemporaryRedirect)
	})
	badTLS := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(badTLS.Close)
	badTLS.Config.ErrorLog = nil
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	silent := rawServer(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
	nonsense := rawServer(t, func(c net.Conn) {
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n"+strings.Repeat("X-Long: "+strings.Repeat("y", 1000)+"\r\n", 200)+"\r\n")
	})

	for range 3 { // more attempts than one endpoint may have at once
		s.hook(hanging.URL)
	}
	s.hook(silent)
	hooks := map[string]*core.Record{
		"endless": s.hook(endless.URL), "dripping": s.hook(dripping.URL), "redirect": s.hook(leading.URL),
		"tls": s.hook(badTLS.URL), "refused": s.hook("http://" + closed.Addr().String()), "headers": s.hook(nonsense), "good": s.hook(good.URL),
	}
	for n := range 20 {
		s.Job(s.acme, fmt.Sprint("Job ", n))
	}
	began := time.Now()
	for len(good.received()) < 20 && time.Since(began) < 30*time.Second {
		if _, err := s.worker.Step(t.Context(), s.TestApp); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Millisecond)
	}
	if took := time.Since(began); len(good.received()) != 20 || took > 15*time.Second { // a hanging attempt takes 20 s
		t.Fatalf("the good receiver got %d of 20 in %v", len(good.received()), took)
	}
	if n := len(hanging.taken()); n > 3*4 {
		t.Errorf("%d attempts hang", n)
	}
	for name, want := range map[string]string{ // what net/http says of too many headers depends on when the connection ends
		"endless": "delivered 200 <b>more</b>", "redirect": "pending 307 redirects are not followed", "tls": "pending 0 certificate",
		"refused": "pending 0 refused", "headers": "pending 0 ", "dripping": "delivered 200 x", "good": "delivered 200 ",
	} {
		wanted := strings.SplitN(want, " ", 3)
		var delivery *core.Record
		for began := time.Now(); time.Since(began) < 10*time.Second; time.Sleep(20 * time.Millisecond) {
			if delivery = s.deliveries(hooks[name])[0]; delivery.GetInt("attempts") > 0 {
				break
			}
		}
		said := delivery.GetString("error") + delivery.GetString("responseBody")
		if delivery.GetString("status") != wanted[0] || delivery.GetString("responseStatus") != wanted[1] || !strings.Contains(said, wanted[2]) ||
			len(delivery.GetString("responseBody")) > collections.MaxWebhookResponse || strings.Contains(said, "\x00") ||
			strings.Contains(said, closed.Addr().String()+"/") {
			t.Errorf("%s: %v", name, delivery.FieldsData())
		}
	}
	if len(secret.taken()) > 0 {
		t.Error("a redirect was followed")
	}
}

// received returns what was received since taken was last called.
func (r *receiver) received() []received {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.got
}

// rawServer serves connections by hand and returns its address.
func rawServer(t *testing.T, serve func(c net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = c.Close() })
			go serve(c)
		}
	}()
	return "http://" + listener.Addr().String()
}

func TestAddressesOfEndpoints(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://hooks.example/in?key=1": "", "https://8.8.8.8/": "", "https://hooks.example:443/": "",
		"http://hooks.example/": "https", "https://hooks.example:8443/": "port 443", "https://user:pass@hooks.example/": "password",
		"ftp://hooks.example/": "https", "javascript:alert(1)": "https", "https:///x": "host", "hooks.example": "https",
		"https://localhost/": "public", "https://LOCALHOST./": "public", "https://board.localhost/": "public", "https://127.0.0.1/": "public",
		"https://[::1]/": "public", "https://[::ffff:10.0.0.1]/": "public", "https://10.1.2.3/": "public", "https://169.254.169.254/": "public",
		"https://192.168.0.1/": "public", "https://[fd00::1]/": "public", "https://0.0.0.0/": "public", "https://100.64.0.1/": "public",
	} {
		_, err := webhook.CheckURL(address, false)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", address, err, want)
		}
	}
	for address, ok := range map[string]bool{
		"http://localhost:8080/": true, "http://127.0.0.1:1/": true, "http://[::1]/": true,
		"http://hooks.example/": false, "http://10.0.0.1/": false, "https://10.0.0.1:8443/": true,
	} {
		if _, err := webhook.CheckURL(address, true); (err == nil) != ok {
			t.Errorf("%s with private addresses: %v", address, err)
		}
	}
}

// An address that was allowed when it was entered is checked again when something is sent there: settings and names change.
func TestPrivateAddressesAreNotCalled(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	to := newReceiver(t, nil)
	hook := s.hook("https://hooks.example/")
	s.worker = webhook.NewWorker(webhook.Options{})
	for address, want := range map[string]string{
		to.URL: "must begin with https", "https" + strings.TrimPrefix(to.URL, "http"): "is not public",
		"https://127.0.0.1.": "", "https://127.1/": "", "https://2130706433/": "", "https://0x7f.1/": "",
	} {
		s.execute("UPDATE webhook_endpoints SET url = {:url} WHERE id = {:id}", dbx.Params{"url": address, "id": hook.Id})
		s.Job(s.acme, "Baker")
		s.run()
		list := s.deliveries(hook)
		last := list[len(list)-1]
		if last.GetString("status") != "pending" || last.GetInt("responseStatus") != 0 || !strings.Contains(last.GetString("error"), want) {
			t.Errorf("%s: %v", address, last.FieldsData())
		}
	}
	if len(to.taken()) > 0 {
		t.Error("a private address was called")
	}
}

func TestKilledWhileDelivering(t *testing.T) {
	testapp.Slow(t, "it kills the real board several times")
	s := newScene(t)
	to := newReceiver(t, func(_ http.ResponseWriter, _ *http.Request) { time.Sleep(20 * time.Millisecond) })
	hook := s.hook(to.URL)
	token, acme := s.Token(s.owner), s.acme.Id
	const jobs, kills = 60, 4
	start := func() *testapp.Process { return testapp.Start(t, s.DataDir(), "--private-addresses=on") }
	server := start()
	for n := range jobs {
		body := fmt.Sprintf(`{"employer": %q, "title": "Job %d", "description": "<p>Do.</p>", "workplace": "remote", "jobType": "full_time",
			"status": "published"}`, acme, n)
		if answer := server.Call(http.MethodPost, testapp.Records(collections.Jobs), token, body); answer.Status != http.StatusOK {
			t.Fatalf("publish: %d %s", answer.Status, answer.Raw)
		}
		if n%(jobs/kills) == jobs/kills-1 {
			server.Kill()
			t.Logf("killed when %d were received", len(to.received()))
			server = start()
		}
	}
	count := func() int {
		return testapp.Count(t, s.TestApp, "SELECT count(*) FROM webhook_deliveries WHERE status = 'delivered' AND endpoint = '"+hook.Id+"'")
	}
	for began := time.Now(); count() < jobs && time.Since(began) < time.Minute; {
		time.Sleep(20 * time.Millisecond)
	}
	server.Kill()
	byJob, ids := map[string]map[string]bool{}, map[string]int{}
	twice := 0
	for _, got := range to.taken() {
		if byJob[got.data["job"]] == nil {
			byJob[got.data["job"]] = map[string]bool{}
		}
		byJob[got.data["job"]][got.id] = true
		if ids[got.id]++; ids[got.id] > 1 {
			twice++
		}
	}
	for job, messages := range byJob {
		if len(messages) != 1 {
			t.Errorf("the publication of %s came with the ids %v", job, messages)
		}
	}
	t.Logf("%d kills: %d came, %d of them twice", kills, len(byJob), twice)
	if len(byJob) != jobs || len(ids) != jobs || twice > 4*kills {
		t.Errorf("%d jobs with %d ids came, want %d; %d twice", len(byJob), len(ids), jobs, twice)
	}
}
