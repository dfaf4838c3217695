package signin_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"jobboard/collections"
	"jobboard/hooks"
	"jobboard/internal/api"
	"jobboard/internal/signin"
	"jobboard/internal/testapp"
)

// provider is an OpenID provider. Its codes are the names of users, with the claims that their ID tokens have.
type provider struct {
	*httptest.Server
	key    *rsa.PrivateKey // in its key set
	signer *rsa.PrivateKey // that it signs with
	claims map[string]jwt.MapClaims
	down   bool
}

func newProvider(t *testing.T) *provider {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{key: key, signer: key, claims: map[string]jwt.MapClaims{}}
	p.Server = httptest.NewServer(http.HandlerFunc(p.answer))
	t.Cleanup(p.Close)
	return p
}

func (p *provider) answer(w http.ResponseWriter, r *http.Request) {
	body := map[string]any{}
	switch {
	case p.down:
		http.Error(w, "down", http.StatusBadGateway)
		return
	case strings.HasSuffix(r.URL.Path, "/.well-known/openid-configuration"):
		body = map[string]any{"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token",
			"jwks_uri": p.URL + "/keys"}
	case r.URL.Path == "/keys":
		encode := base64.RawURLEncoding.EncodeToString
		body["keys"] = []any{map[string]any{"kty": "RSA", "kid": "one", "alg": "RS256", "use": "sig", "n": encode(p.key.N.Bytes()),
			"e": encode(big.NewInt(int64(p.key.E)).Bytes())}}
	case r.URL.Path == "/token":
		_ = r.ParseForm()
		claims := jwt.MapClaims{"iss": p.URL, "aud": "board", "iat": time.Now().Unix(), "exp": time.Now().Add(time.Minute).Unix()}
		maps.Copy(claims, p.claims[r.Form.Get("code")])
		token := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
		token.Header["kid"] = "one"
		signed, err := token.SignedString(p.signer)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		body = map[string]any{"access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": signed}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body)
}

// user adds a user of the provider, by whose name one gets a code.
func (p *provider) user(name string, claims jwt.MapClaims) {
	all := jwt.MapClaims{"sub": name, "name": name, "email": name + "@example.com", "email_verified": true}
	maps.Copy(all, claims)
	p.claims[name] = all
}

type board struct {
	*testapp.Board
	provider *provider
}

func newBoard(t *testing.T, options signin.Options) *board {
	p := newProvider(t)
	options.Providers = []signin.Provider{
		{Name: "oidc", DisplayName: "Example ID", ClientID: "board", ClientSecret: "hush-hush", Issuer: p.URL},
	}
	return &board{testapp.NewBoard(t, hooks.Bind, testapp.With(signin.Bind, options), api.Bind), p}
}

func (b *board) signIn(code string, createData any) testapp.Response {
	return b.Call(nil, "POST", "/api/collections/users/auth-with-oauth2", map[string]any{"provider": "oidc", "code": code,
		"codeVerifier": strings.Repeat("x", 43), "redirectURL": "http://127.0.0.1/", "createData": createData})
}

func recordOf(answer testapp.Response) map[string]any {
	record, _ := answer.Body["record"].(map[string]any)
	return record
}

func TestProviders(t *testing.T) {
	b := newBoard(t, signin.Options{})
	methods := b.Call(nil, "GET", "/api/collections/users/auth-methods", nil)
	if methods.Status != 200 || !strings.Contains(methods.Raw, "Example ID") || !strings.Contains(methods.Raw, b.provider.URL+"/authorize") {
		t.Fatalf("the methods: %d %s", methods.Status, methods.Raw)
	}
	users, err := b.FindCollectionByNameOrId(collections.Users)
	if err != nil || users.OAuth2.Enabled || len(users.OAuth2.Providers) > 0 {
		t.Errorf("the configuration went into the database: %v, %v", users.OAuth2.Providers, err)
	}

	for _, c := range []struct {
		name       string
		claims     jwt.MapClaims
		createData map[string]any
		status     int
		role       string
	}{
		{"paula", nil, nil, 200, "job_seeker"},
		{"erik", nil, map[string]any{"role": "employer", "companyName": "Erik & Co"}, 200, "employer"},
		{"mallory", nil, map[string]any{"role": "admin"}, 400, ""},
		{"verified", nil, map[string]any{"role": "job_seeker", "verified": true, "email": "boss@example.com"}, 400, ""},
		{"unconfirmed", jwt.MapClaims{"email_verified": false}, nil, 400, ""},
		{"stranger", jwt.MapClaims{"iss": "https://elsewhere.example"}, nil, 400, ""},
		{"audience", jwt.MapClaims{"aud": "another client"}, nil, 400, ""},
		{"late", jwt.MapClaims{"exp": time.Now().Add(-time.Hour).Unix()}, nil, 400, ""},
	} {
		b.provider.user(c.name, c.claims)
		got := b.signIn(c.name, c.createData)
		record := recordOf(got)
		if got.Status != c.status || c.status == 200 && (record["role"] != c.role || record["name"] != c.name || record["verified"] != true) {
			t.Errorf("%s signs in: %d %s", c.name, got.Status, got.Raw)
		}
		if _, err := b.FindAuthRecordByEmail(collections.Users, c.name+"@example.com"); (err == nil) != (c.status == 200) {
			t.Errorf("%s is a user: %v", c.name, err)
		}
	}
	if company, err := b.FindFirstRecordByData(collections.Employers, "slug", "erik-and-co"); err != nil {
		t.Errorf("Erik's company: %v", err)
	} else if owner, err := b.FindRecordById(collections.Users, company.GetString("owner")); err != nil || owner.GetString("name") != "erik" {
		t.Errorf("Erik's company belongs to %v (%v)", owner, err)
	}
	first, again := b.signIn("paula", nil), b.signIn("paula", nil)
	if recordOf(first)["id"] != recordOf(again)["id"] || first.Status != 200 {
		t.Errorf("Paula is two users: %s and %s", first.Raw, again.Raw)
	}
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	b.provider.signer = other
	if got := b.signIn("paula", nil); got.Status != 400 {
		t.Errorf("an ID token with another's signature: %d %s", got.Status, got.Raw)
	}
	b.provider.signer = b.provider.key
}

// Whoever registers with somebody else's address before them must not share the account, nor must somebody at a provider with an address
// that the provider has not checked.
func TestNobodyTakesAnAccountOver(t *testing.T) {
	b := newBoard(t, signin.Options{})
	password := map[string]any{"email": "vera@example.com", "name": "Not Vera", "role": "job_seeker", "password": "hijackers",
		"passwordConfirm": "hijackers"}
	if got := b.Call(nil, "POST", "/api/users/auth/register/", password); got.Status != 201 {
		t.Fatalf("register: %d %s", got.Status, got.Raw)
	}
	login := func() testapp.Response { return b.Call(nil, "POST", "/api/users/auth/login/", password) }
	token, _ := login().Body["token"].(string)
	id, _ := recordOf(login())["id"].(string)
	if token == "" {
		t.Fatal("the hijacker can't log in before")
	}

	b.provider.user("vera", jwt.MapClaims{"email_verified": false, "sub": "not-vera"})
	if got := b.signIn("vera", nil); got.Status != 400 {
		t.Errorf("sign in with an address that the provider has not checked: %d %s", got.Status, got.Raw)
	}
	if got := login(); got.Status != 200 {
		t.Errorf("that has ended the other login: %d", got.Status)
	}

	b.provider.user("vera", nil)
	got := b.signIn("vera", nil)
	if got.Status != 200 || recordOf(got)["id"] != id {
		t.Fatalf("Vera signs in: %d %s", got.Status, got.Raw)
	}
	if got := login(); got.Status != 400 {
		t.Errorf("the hijacker's password still works: %d", got.Status)
	}
	if got := b.CallWithToken(token, "GET", "/api/users/"+id, nil); got.Status != 401 {
		t.Errorf("the hijacker's token still works: %d", got.Status)
	}
}

func TestAProviderThatIsDownHarmsNoOther(t *testing.T) {
	b := newBoard(t, signin.Options{})
	b.provider.down = true
	methods := b.Call(nil, "GET", "/api/collections/users/auth-methods", nil)
	if methods.Status != 200 || strings.Contains(methods.Raw, "Example ID") {
		t.Errorf("the methods: %d %s", methods.Status, methods.Raw)
	}
	b.Seeker("sara")
	got := b.Call(nil, "POST", "/api/users/auth/login/", map[string]any{"email": "sara@example.com", "password": testapp.Password})
	if got.Status != 200 {
		t.Errorf("log in with a password: %d %s", got.Status, got.Raw)
	}
}

var code = regexp.MustCompile(`\b\d{8}\b`)

func TestSecondFactor(t *testing.T) {
	b := newBoard(t, signin.Options{MFA: signin.MFAPeople})
	box := b.CatchMail()
	_, owner := b.Employer("Acme")
	b.Seeker("sara")
	password := func(email string) map[string]any {
		return map[string]any{"email": email, "identity": email, "password": testapp.Password}
	}
	native, rest := "/api/collections/users/auth-with-password", "/api/users/auth/login/"
	for _, path := range []string{native, rest} {
		if got := b.Call(nil, "POST", path, password("sara@example.com")); got.Status != 200 {
			t.Errorf("a seeker logs in by %s: %d %s", path, got.Status, got.Raw)
		}
		got := b.Call(nil, "POST", path, password(owner.Email()))
		if id, _ := got.Body["mfaId"].(string); got.Status != 401 || id == "" || strings.Contains(got.Raw, "token") {
			t.Errorf("an employer logs in by %s: %d %s", path, got.Status, got.Raw)
		}
	}
	sent := func() (otpID, otp string) {
		got := b.Call(nil, "POST", "/api/collections/users/request-otp", map[string]any{"email": owner.Email()})
		otpID, _ = got.Body["otpId"].(string)
		return otpID, code.FindString(box.MustReceive(t).Text)
	}
	withCode := func(otpID, otp, mfaID string) testapp.Response {
		return b.Call(nil, "POST", "/api/collections/users/auth-with-otp", map[string]any{"otpId": otpID, "password": otp, "mfaId": mfaID})
	}
	mfaID, _ := b.Call(nil, "POST", rest, password(owner.Email())).Body["mfaId"].(string)
	otpID, otp := sent()
	if got := withCode(otpID, "00000000", mfaID); got.Status != 400 {
		t.Errorf("a wrong code: %d %s", got.Status, got.Raw)
	}
	if got := withCode(otpID, otp, mfaID); got.Status != 200 || got.Body["token"] == nil {
		t.Errorf("password and code: %d %s", got.Status, got.Raw)
	}
	otpID, otp = sent()
	if got := withCode(otpID, otp, ""); got.Status != 401 || got.Body["token"] != nil {
		t.Errorf("a code alone: %d %s", got.Status, got.Raw)
	}

	b.provider.user("acme-owner", nil) // the owner's address
	got := b.signIn("acme-owner", nil)
	mfaID, _ = got.Body["mfaId"].(string)
	if got.Status != 401 || mfaID == "" {
		t.Fatalf("an employer signs in with a provider: %d %s", got.Status, got.Raw)
	}
	otpID, otp = sent()
	if got := withCode(otpID, otp, mfaID); got.Status != 200 {
		t.Errorf("provider and code: %d %s", got.Status, got.Raw)
	}
}

func TestMailCodes(t *testing.T) {
	on := true
	b := newBoard(t, signin.Options{MailCodes: &on})
	box := b.CatchMail()
	seeker := b.Seeker("sara")
	ask := func(email string) testapp.Response {
		return b.Call(nil, "POST", "/api/collections/users/request-otp", map[string]any{"email": email})
	}
	got := ask(seeker.Email())
	mail := box.MustReceive(t)
	got = b.Call(nil, "POST", "/api/collections/users/auth-with-otp",
		map[string]any{"otpId": got.Body["otpId"], "password": code.FindString(mail.Text)})
	if got.Status != 200 || got.Body["token"] == nil {
		t.Errorf("sign in with a code: %d %s", got.Status, got.Raw)
	}
	for _, email := range []string{"nobody@example.com", b.gone("gus")} {
		if got := ask(email); got.Status != 200 || got.Body["otpId"] == nil {
			t.Errorf("ask for a code for %s: %d %s", email, got.Status, got.Raw)
		}
	}
	for range 10 {
		ask(seeker.Email())
	}
	otps, err := b.FindAllOTPsByRecord(seeker)
	if err != nil || len(otps) > 3 {
		t.Errorf("%d codes were sent at once (%v)", len(otps), err)
	}
}

func (b *board) gone(name string) string {
	user := b.Seeker(name)
	b.Update(user, map[string]any{"deactivatedAt": "2026-01-01 00:00:00.000Z"})
	return user.Email()
}
