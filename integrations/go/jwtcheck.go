// Package jwtcheck is the fingerprint endpoint that jwtcheck asks, for net/http. See docs/endpoint.md of jwtcheck.
package jwtcheck

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Options of an endpoint. Service, Secret and Tokens are required.
type Options struct {
	Service string                   // the name that proofs are bound to
	Secret  func() ([]byte, error)   // asked at each request: the key that signs and verifies now
	Accepts func() ([][]byte, error) // other keys that verify, in the middle of a rotation
	Tokens  []string                 // who sends one of these as Authorization: Bearer may ask
	Length  int                      // hex digits of a fingerprint, 8 to 64; default 8
	// Told as they are, where they are not empty.
	Environment, Instance, Version, Algorithm string
	// So many requests in so many seconds; default 120 in 60.
	Requests, Seconds float64
	OnError           func(error) // told why a secret could not be read: no answer says it
}

type answer struct {
	Fingerprint string   `json:"fingerprint"`
	Accepts     []string `json:"accepts"`
	Algorithm   string   `json:"algorithm,omitempty"`
	Service     string   `json:"service"`
	Environment string   `json:"environment,omitempty"`
	Instance    string   `json:"instance,omitempty"`
	Version     string   `json:"version,omitempty"`
	Proof       string   `json:"proof,omitempty"`
}

var (
	challengeForm = regexp.MustCompile(`\A[A-Za-z0-9_-]{22,86}\z`)
	bearerForm    = regexp.MustCompile(`\A(?i:bearer) +([^ ]+) *\z`)
	control       = regexp.MustCompile(`[\x00-\x1f\x7f]`)
	errEmpty      = errors.New("the key is empty")
)

// Handler answers GET and HEAD at any path. It fails where the options would make it useless or open to all.
func Handler(o Options) (http.Handler, error) {
	if len(o.Service) < 1 || len(o.Service) > 128 || control.MatchString(o.Service) {
		return nil, errors.New("jwtcheck: Service must have 1 to 128 bytes without control characters")
	}
	if o.Secret == nil {
		return nil, errors.New("jwtcheck: Secret must be a function that returns the key")
	}
	if o.Length == 0 {
		o.Length = 8
	}
	if o.Length < 8 || o.Length > 64 {
		return nil, errors.New("jwtcheck: Length must be from 8 to 64")
	}
	var known [][32]byte
	for _, token := range o.Tokens {
		if len(token) < 16 {
			return nil, errors.New("jwtcheck: a token must have at least 16 characters")
		}
		known = append(known, sha256.Sum256([]byte(token)))
	}
	if len(known) == 0 {
		return nil, errors.New("jwtcheck: Tokens must say who may ask")
	}
	if o.Requests < 1 || o.Seconds <= 0 {
		o.Requests, o.Seconds = 120, 60
	}
	// Whoever is refused has a limit of their own, so that they cannot use up that of others.
	admitted, refused := newBucket(o.Requests, o.Seconds), newBucket(o.Requests, o.Seconds)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			problem(w, 405, "Ask with GET.")
			return
		}
		allowed := isKnown(r.Header.Get("Authorization"), known)
		bucket := refused
		if allowed {
			bucket = admitted
		}
		if wait := bucket.take(); wait > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(wait))
			problem(w, 429, "Ask again in "+strconv.Itoa(wait)+" s.")
			return
		}
		if !allowed {
			w.Header().Set("WWW-Authenticate", `Bearer realm="jwt-fingerprint"`)
			problem(w, 401, "Send the token as Authorization: Bearer.")
			return
		}
		challenges := r.URL.Query()["challenge"]
		if len(challenges) > 1 || (len(challenges) == 1 && !challengeForm.MatchString(challenges[0])) {
			problem(w, 400, "A challenge is 22 to 86 characters of base64url, once.")
			return
		}
		told, err := o.answer(challenges)
		if err != nil { // What went wrong may hold the secret.
			if o.OnError != nil {
				o.OnError(err)
			}
			problem(w, 503, "The secret could not be read; the log of the service may say why.")
			return
		}
		send(w, 200, "application/json", told)
	}), nil
}

func (o Options) answer(challenges []string) (*answer, error) {
	key, err := o.Secret()
	if err != nil {
		return nil, err
	}
	keys := [][]byte{key}
	if o.Accepts != nil {
		others, err := o.Accepts()
		if err != nil {
			return nil, err
		}
		keys = append(keys, others...)
	}
	told := &answer{Service: o.Service, Algorithm: o.Algorithm, Environment: o.Environment, Instance: o.Instance, Version: o.Version}
	seen := map[string]bool{}
	for _, one := range keys {
		if len(one) == 0 {
			return nil, errEmpty
		}
		sum := sha256.Sum256(one)
		shown := hex.EncodeToString(sum[:])[:o.Length]
		if !seen[shown] && len(told.Accepts) < 64 {
			told.Accepts = append(told.Accepts, shown)
		}
		seen[shown] = true
	}
	told.Fingerprint = told.Accepts[0]
	for _, nonce := range challenges {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte("jwtcheck-proof-v1\n" + o.Service + "\n" + nonce))
		told.Proof = base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
	}
	return told, nil
}

// Hashes are compared, all of them every time: how long it takes tells nothing.
func isKnown(authorization string, known [][32]byte) bool {
	offered := ""
	if match := bearerForm.FindStringSubmatch(authorization); match != nil {
		offered = match[1]
	}
	sum, found := sha256.Sum256([]byte(offered)), 0
	for _, one := range known {
		found |= subtle.ConstantTimeCompare(sum[:], one[:])
	}
	return found == 1
}

func problem(w http.ResponseWriter, status int, detail string) {
	send(w, status, "application/problem+json", map[string]any{
		"type": "about:blank", "title": http.StatusText(status), "status": status, "detail": detail})
}

func send(w http.ResponseWriter, status int, kind string, body any) {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(body)
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text.String()))
}

// A token bucket: take gives 0 where a request may pass, otherwise whole seconds to wait.
type bucket struct {
	mutex      sync.Mutex
	most, rate float64
	left       float64
	last       time.Time
}

func newBucket(requests, seconds float64) *bucket {
	return &bucket{most: requests, rate: requests / seconds, left: requests, last: time.Now()}
}

func (b *bucket) take() int {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	now := time.Now()
	b.left = math.Min(b.most, b.left+now.Sub(b.last).Seconds()*b.rate)
	b.last = now
	if b.left >= 1 {
		b.left--
		return 0
	}
	return int(math.Max(1, math.Ceil((1-b.left)/b.rate)))
}
