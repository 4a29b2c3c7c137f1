// MIT License
//
// Copyright (c) 2026 The jwtcheck authors
//
// Permission is hereby granted, free of charge, to any person obtaining a copy
// of this software and associated documentation files (the "Software"), to deal
// in the Software without restriction, including without limitation the rights
// to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
// copies of the Software, and to permit persons to whom the Software is
// furnished to do so, subject to the following conditions:
//
// The above copyright notice and this permission notice shall be included in all
// copies or substantial portions of the Software.
//
// THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
// IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
// FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
// AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
// LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
// OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
// SOFTWARE.

// Package jwtcheck is the fingerprint endpoint that jwtcheck asks, for net/http. See docs/endpoint.md of jwtcheck.
package jwtcheck

import (
	"container/list"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"math"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// Options of an endpoint. Service, Tokens, and either Secret or Keys are required.
type Options struct {
	Service string                   // the name that proofs are bound to
	Secret  func() ([]byte, error)   // asked at each request: the key that signs and verifies now
	Accepts func() ([][]byte, error) // other keys that verify, in the middle of a rotation
	// The keys of the service, such as a *KeyRing, instead of Secret, Accepts and Version.
	Keys   interface{ Keys() Keys }
	Tokens []string // a caller that sends one of these as Authorization: Bearer may ask
	Length int      // hex digits of a fingerprint, 8 to 64; default 8
	// "fingerprint" (default), or "proof": answers challenges alone and shows no fingerprint, which is recommended for
	// production. The fingerprint of a key that is published or shorter than its hash is never shown.
	Reveal string
	// Shown as they are, where they are not empty.
	Environment, Instance, Version, Algorithm string
	// At most Requests of one caller in Seconds; default 120 in 60.
	Requests, Seconds float64
	// Receives the error where a secret could not be read: no answer says it. By default the type of the error is logged,
	// without the message, which may quote the secret.
	OnError func(error)
}

// Keys are the keys as of one reading. They never change, and print without a key.
type Keys struct {
	accepts  [][]byte
	version  string
	loadedAt time.Time
}

// Sign is the key that signs.
func (k Keys) Sign() []byte { return k.accepts[0] }

// Accepts are all keys that verify, the one that signs first.
func (k Keys) Accepts() [][]byte { return append([][]byte(nil), k.accepts...) }

// Version is that of the key that signs; empty where it is not known.
func (k Keys) Version() string { return k.version }

// LoadedAt is the time of the reading.
func (k Keys) LoadedAt() time.Time { return k.loadedAt }

// Format prints no key, whatever the verb.
func (k Keys) Format(state fmt.State, _ rune) {
	fmt.Fprintf(state, "Keys(version %q, accepts %d)", k.version, len(k.accepts))
}

// keyError is an error of this package, whose message holds nothing of a key.
type keyError string

func (e keyError) Error() string { return "jwtcheck: " + string(e) }

type answer struct {
	Fingerprint string   `json:"fingerprint,omitempty"`
	Accepts     []string `json:"accepts,omitempty"`
	Reveal      string   `json:"reveal,omitempty"`
	Algorithm   string   `json:"algorithm,omitempty"`
	Service     string   `json:"service"`
	Environment string   `json:"environment,omitempty"`
	Instance    string   `json:"instance,omitempty"`
	Version     string   `json:"version,omitempty"`
	LoadedAt    string   `json:"loadedAt,omitempty"`
	Proof       string   `json:"proof,omitempty"`
	Proofs      []string `json:"proofs,omitempty"`
}

var (
	challengeForm = regexp.MustCompile(`\A[A-Za-z0-9_-]{22,86}\z`)
	bearerForm    = regexp.MustCompile(`\A(?i:bearer) +([^ ]+) *\z`)
	tokenForm     = regexp.MustCompile(`\A[\x21-\x7e]{16,}\z`)
	control       = regexp.MustCompile(`[\x00-\x1f\x7f]`)
	errEmpty      = errors.New("the key is empty")
	hashBytes     = map[string]int{"HS256": 32, "HS384": 48, "HS512": 64}
	// SHA-256, the first 12 hex digits, of secrets of 32 bytes or more that public code and tutorials show.
	publishedList = "" +
		// published digests begin
		"02a1a3ec183d 074337dc15c1 0d356ede0ba4 0f44b34c6311 103ab5dd9769 11c3e91482da 1453cea2dc37 " +
		"1dd62eba2864 2a1d61d5e199 3354cfcf65c7 374853915c55 465d9ad5d552 507f4a36ac60 5349820f1f4b " +
		"54bdb0aece41 570dad43de1a 5aad40249465 5b29efc3a053 5df73e1aa59d 5f6a9f9ecc5c 69024f21e9ad " +
		"69063827ac94 6c081c2085f0 735d2989efe7 78a6c76148cb 79ef599b03c8 820b64a145da 82640871d80a " +
		"84c5cdcc56f7 889041e83687 8e78099269d5 8eecb3bfd596 9524778ec964 9877be62cd59 a064b502e61d " +
		"a171a5a797ac a2460fe08434 a6a4728c0c0f abb7f5ff91d3 b13091976d23 b2e011f29299 b3cf5152a10b " +
		"bf0b62edab9c c07799c18d8b c99758db33af cf03d2c69a09 d476efb08bd3 dcf46e3a16c9 e15c32d17b60 " +
		"e3a585830240 e5be90f49991 e9cc80630a65 fe18bd40b727 " +
		// published digests end
		""
	published = func() map[string]bool {
		found := map[string]bool{}
		for _, digest := range strings.Fields(publishedList) {
			found[digest] = true
		}
		return found
	}()
)

// Handler answers GET and HEAD at any path. It fails where the options would make it useless or open to all.
func Handler(o Options) (http.Handler, error) {
	if len(o.Service) < 1 || len(o.Service) > 128 || control.MatchString(o.Service) || !utf8.ValidString(o.Service) {
		return nil, errors.New("jwtcheck: Service must have 1 to 128 bytes of UTF-8 without control characters")
	}
	if o.Keys != nil && (o.Secret != nil || o.Accepts != nil || o.Version != "") {
		return nil, errors.New("jwtcheck: Keys must replace Secret, Accepts and Version")
	}
	if o.Secret == nil && o.Keys == nil {
		return nil, errors.New("jwtcheck: Secret must be a function that returns the key, unless Keys is set")
	}
	if o.Length == 0 {
		o.Length = 8
	}
	if o.Length < 8 || o.Length > 64 {
		return nil, errors.New("jwtcheck: Length must be from 8 to 64")
	}
	if o.Reveal != "" && o.Reveal != "fingerprint" && o.Reveal != "proof" {
		return nil, errors.New(`jwtcheck: Reveal must be "fingerprint" or "proof"`)
	}
	var known [][32]byte
	for _, token := range o.Tokens {
		if !tokenForm.MatchString(token) { // No request could present it.
			return nil, errors.New("jwtcheck: a token must have at least 16 characters of visible ASCII without spaces")
		}
		known = append(known, sha256.Sum256([]byte(token)))
	}
	if len(known) == 0 {
		return nil, errors.New("jwtcheck: Tokens must say who may ask")
	}
	if o.Requests == 0 {
		o.Requests = 120
	}
	if o.Seconds == 0 {
		o.Seconds = 60
	}
	if !(o.Requests >= 1 && o.Seconds > 0) {
		return nil, errors.New("jwtcheck: Requests and Seconds must allow at least one request")
	}
	if o.OnError == nil {
		o.OnError = errorLog(o.Service)
	}
	// Rejected callers have limits of their own, so that they cannot use up that of others.
	admitted, refused := newLimit(o.Requests, o.Seconds), newLimit(o.Requests, o.Seconds)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			problem(w, 405, "Use GET.")
			return
		}
		holder, allowed := holderOf(r.Header.Get("Authorization"), known)
		limit, caller := refused, r.RemoteAddr
		if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
			caller = host
		}
		if allowed {
			limit, caller = admitted, strconv.Itoa(holder)
		}
		if wait := limit.take(caller); wait > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(wait))
			problem(w, 429, "Ask again in "+strconv.Itoa(wait)+" s.")
			return
		}
		if !allowed {
			w.Header().Set("WWW-Authenticate", `Bearer realm="jwt-fingerprint"`)
			problem(w, 401, "Send the token as Authorization: Bearer.")
			return
		}
		challenges := challengesOf(r.URL.RawQuery)
		if len(challenges) > 1 || (len(challenges) == 1 && !challengeForm.MatchString(challenges[0])) {
			problem(w, 400, "A challenge must be a single value of 22 to 86 characters of base64url.")
			return
		}
		content, err := o.answer(challenges)
		if err != nil { // What went wrong may hold the secret.
			quietly(o.OnError, err)
			problem(w, 503, "The secret could not be read; see the log of the service.")
			return
		}
		send(w, 200, "application/json", content)
	}), nil
}

// keys returns all of them, the one that signs first.
func (o Options) keys() ([][]byte, error) {
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
	return keys, nil
}

// answer makes the answer. A panic of the functions is an error: net/http would log its value, which may quote the secret.
func (o Options) answer(challenges []string) (content *answer, err error) {
	defer func() {
		if found := recover(); found != nil {
			content, err = nil, keyError(fmt.Sprintf("the reading panicked with a %T", found))
		}
	}()
	var keys [][]byte
	var loadedAt string
	if o.Keys != nil {
		// All of one reading: a replacement in between changes nothing of it.
		now := o.Keys.Keys()
		keys, o.Version, loadedAt = now.Accepts(), now.Version(), now.LoadedAt().UTC().Format(time.RFC3339)
	} else {
		if keys, err = o.keys(); err != nil {
			return nil, err
		}
	}
	if len(keys) == 0 {
		return nil, errEmpty
	}
	content = &answer{Service: o.Service, Algorithm: o.Algorithm, Environment: o.Environment, Instance: o.Instance, Version: o.Version,
		LoadedAt: loadedAt}
	least, known := hashBytes[o.Algorithm]
	if !known {
		least = 32
	}
	seen := map[string]bool{}
	var distinct [][]byte
	for _, one := range keys {
		if len(one) == 0 {
			return nil, errEmpty
		}
		sum := sha256.Sum256(one)
		digest := hex.EncodeToString(sum[:])
		if seen[digest] || len(distinct) == 64 {
			continue
		}
		seen[digest] = true
		distinct = append(distinct, one)
		// A fingerprint that would give the key away, for it could be looked up or guessed, is not shown.
		if o.Reveal == "proof" || len(one) < least || published[digest[:12]] {
			content.Reveal = "proof"
			continue
		}
		content.Accepts = append(content.Accepts, digest[:o.Length])
		if len(distinct) == 1 {
			content.Fingerprint = digest[:o.Length]
		}
	}
	for _, nonce := range challenges {
		for _, one := range distinct {
			mac := hmac.New(sha256.New, one)
			mac.Write([]byte("jwtcheck-proof-v1\n" + o.Service + "\n" + nonce))
			content.Proofs = append(content.Proofs, base64.RawURLEncoding.EncodeToString(mac.Sum(nil)))
		}
		content.Proof = content.Proofs[0]
		if len(content.Proofs) == 1 {
			content.Proofs = nil
		}
	}
	return content, nil
}

// Logs at most once a minute what kind of error it is; the message is left out, for it may quote the secret.
func errorLog(service string) func(error) {
	var mutex sync.Mutex
	var last time.Time
	return func(err error) {
		mutex.Lock()
		defer mutex.Unlock()
		if !last.IsZero() && time.Since(last) < time.Minute {
			return
		}
		last = time.Now()
		log.Printf("jwtcheck: the secret of %q could not be read (OnError receives the whole error): %s", service, kindOf(err))
	}
}

func logKeysError(err error) {
	log.Printf("jwtcheck: the keys could not be read, and the last ones stay in force (OnError receives the whole error): %s",
		kindOf(err))
}

// What kind of error it is, with the message only where that holds no key.
func kindOf(err error) string {
	var path *fs.PathError
	var key keyError
	switch {
	case errors.Is(err, errEmpty):
		return "the key is empty"
	case errors.As(err, &key):
		return string(key)
	case errors.As(err, &path):
		// Without the path: a variable that should name a file may contain the secret itself.
		return path.Op + ": " + path.Err.Error()
	}
	return fmt.Sprintf("%T", err)
}

// A log that fails is no reason not to answer.
func quietly(onError func(error), err error) {
	defer func() { _ = recover() }()
	onError(err)
}

// challengesOf returns all of them. url.ParseQuery would leave out one that cannot be decoded, and a second one with it.
func challengesOf(query string) (challenges []string) {
	for _, pair := range strings.Split(query, "&") {
		name, value := pair, ""
		if at := strings.IndexByte(pair, '='); at >= 0 {
			name, value = pair[:at], pair[at+1:]
		}
		if decoded, err := url.QueryUnescape(name); err == nil {
			name = decoded
		}
		if name != "challenge" {
			continue
		}
		if decoded, err := url.QueryUnescape(value); err == nil {
			value = decoded
		}
		challenges = append(challenges, value)
	}
	return challenges
}

// holderOf says which token it is. Hashes are compared, all of them every time: how long it takes tells nothing.
func holderOf(authorization string, known [][32]byte) (int, bool) {
	offered := ""
	if match := bearerForm.FindStringSubmatch(authorization); match != nil {
		offered = match[1]
	}
	sum, found := sha256.Sum256([]byte(offered)), 0
	for index, one := range known {
		found = subtle.ConstantTimeSelect(subtle.ConstantTimeCompare(sum[:], one[:]), index+1, found)
	}
	return found, found > 0
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

// A token bucket for each caller, so that none can use up what others have; the callers that were seen last keep theirs.
type limit struct {
	mutex      sync.Mutex
	most, rate float64
	buckets    map[string]*list.Element
	order      *list.List
}

type bucket struct {
	caller string
	left   float64
	last   time.Time
}

func newLimit(requests, seconds float64) *limit {
	return &limit{most: requests, rate: requests / seconds, buckets: map[string]*list.Element{}, order: list.New()}
}

// take gives 0 where a request may pass, otherwise whole seconds to wait.
func (l *limit) take(caller string) int {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	now := time.Now()
	element, known := l.buckets[caller]
	if !known {
		element = l.order.PushBack(&bucket{caller, l.most, now})
		l.buckets[caller] = element
		if l.order.Len() > 1000 {
			oldest := l.order.Front()
			delete(l.buckets, oldest.Value.(*bucket).caller)
			l.order.Remove(oldest)
		}
	}
	l.order.MoveToBack(element)
	b := element.Value.(*bucket)
	b.left = math.Min(l.most, b.left+now.Sub(b.last).Seconds()*l.rate)
	b.last = now
	if b.left >= 1 {
		b.left--
		return 0
	}
	return int(math.Max(1, math.Ceil((1-b.left)/l.rate)))
}
