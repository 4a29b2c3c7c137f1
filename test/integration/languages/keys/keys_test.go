package jwtcheck

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

var (
	a = strings.Repeat("a", 32)
	b = strings.Repeat("b", 32)
	c = strings.Repeat("c", 32)
)

type aliases map[string]string

// Aliases of a secret that change in one write, as those of Secret Manager do.
type store struct {
	mutex   sync.Mutex
	aliases aliases
	version string
	reads   int
	then    map[int]func()
	err     error
}

func (s *store) read(_ context.Context, name string) (*Key, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.reads++
	value, known := s.aliases[name]
	if then := s.then[s.reads]; then != nil {
		then()
	}
	if s.err != nil || !known {
		return nil, s.err
	}
	return &Key{Value: []byte(value), Version: s.version}, nil
}

func (s *store) set(change func()) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	change()
}

func options(s *store) KeyOptions {
	return KeyOptions{Read: s.read, Sign: "current", Accept: []string{"next", "previous"}, Refresh: time.Hour}
}

func ringOf(t *testing.T, o KeyOptions) *KeyRing {
	t.Helper()
	ring, err := NewKeyRing(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(ring.Close)
	return ring
}

func refresh(t *testing.T, ring *KeyRing) {
	t.Helper()
	if err := ring.Refresh(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func expect(t *testing.T, ring *KeyRing, keys ...string) {
	t.Helper()
	var found []string
	for _, key := range ring.Keys().Accepts() {
		found = append(found, string(key))
	}
	if !reflect.DeepEqual(found, keys) || string(ring.Keys().Sign()) != keys[0] {
		t.Fatalf("%v instead of %v", found, keys)
	}
}

func TestRoles(t *testing.T) {
	s := &store{aliases: aliases{"current": a}, version: "7"}
	ring := ringOf(t, options(s))
	expect(t, ring, a)
	s.aliases = aliases{"current": a, "next": b, "previous": a}
	refresh(t, ring)
	expect(t, ring, a, b)
	s.aliases, s.version = aliases{"current": b, "next": b, "previous": a}, "8"
	refresh(t, ring)
	expect(t, ring, b, a)
	if ring.Keys().Version() != "8" {
		t.Fatal(ring.Keys().Version())
	}
	s.aliases = aliases{"current": b}
	refresh(t, ring)
	expect(t, ring, b)
}

func TestFunctionThatReturnsAll(t *testing.T) {
	ring := ringOf(t, KeyOptions{Refresh: time.Hour, Load: func(context.Context) (Key, []Key, error) {
		return Key{[]byte(a), "7"}, []Key{{Value: []byte(b)}, {Value: []byte(a)}}, nil
	}})
	expect(t, ring, a, b)
}

func TestFiles(t *testing.T) {
	folder := t.TempDir()
	path := func(name string) string { return filepath.Join(folder, name) }
	exact := "\xff\x00" + a + "\n"
	if err := os.WriteFile(path("current"), []byte(exact), 0o600); err != nil {
		t.Fatal(err)
	}
	ring := ringOf(t, KeyOptions{Read: ReadFile, Sign: path("current"), Accept: []string{path("next")}, Refresh: time.Hour})
	expect(t, ring, exact)
	if err := os.WriteFile(path("next"), []byte(b), 0o600); err != nil {
		t.Fatal(err)
	}
	refresh(t, ring)
	expect(t, ring, exact, b)
}

func TestNoKeyIsLostWhileAnAliasMoves(t *testing.T) {
	staged, promoted := aliases{"current": a, "next": b, "previous": a}, aliases{"current": b, "next": b, "previous": a}
	// Another program may give each key one alias only.
	one, other := aliases{"current": a, "next": b}, aliases{"current": b, "previous": a}
	for _, move := range [][2]aliases{{staged, promoted}, {promoted, staged}, {one, other}, {other, one}} {
		for _, names := range [][]string{{"next", "previous"}, {"previous", "next"}} {
			for moment := 0; moment < 6; moment++ {
				s := &store{aliases: move[0]}
				o := options(s)
				o.Accept = names
				ring := ringOf(t, o)
				if moment == 0 {
					s.aliases = move[1]
				}
				s.then = map[int]func(){s.reads + moment: func() { s.aliases = move[1] }}
				refresh(t, ring)
				if text := fmt.Sprintf("%s", ring.Keys().Accepts()); !strings.Contains(text, a) || !strings.Contains(text, b) {
					t.Fatalf("%v %v %d: %s", move, names, moment, text)
				}
			}
		}
	}
}

func TestFailuresKeepTheKeys(t *testing.T) {
	s := &store{aliases: aliases{"current": a}}
	ring := ringOf(t, options(s))
	for _, wrong := range []aliases{{}, {"current": a, "next": ""}, {"current": ""}} {
		s.aliases = wrong
		if err := ring.Refresh(context.Background()); err == nil {
			t.Fatal(wrong)
		}
		expect(t, ring, a)
	}
	if _, err := NewKeyRing(options(s)); err == nil {
		t.Fatal("a first reading that fails is no error")
	}
	s.aliases = nil
	if _, err := NewKeyRing(options(s)); err == nil || !strings.Contains(err.Error(), `no key with the name "current"`) {
		t.Fatal(err)
	}
}

func TestOptionsThatCannotBeMeant(t *testing.T) {
	read := (&store{aliases: aliases{"current": a}}).read
	load := func(context.Context) (Key, []Key, error) { return Key{Value: []byte(a)}, nil, nil }
	for _, wrong := range []KeyOptions{
		{}, {Read: read}, {Read: read, Load: load, Sign: "current"}, {Load: load, Sign: "current"},
		{Load: load, Drain: time.Second}, {Read: read, Sign: "current", Refresh: -1}, {Read: read, Sign: "current", Drain: -1},
		{Read: read, Sign: "current", Accept: []string{"next"}, Drain: time.Second},
	} {
		if _, err := NewKeyRing(wrong); err == nil || !strings.HasPrefix(err.Error(), "jwtcheck: ") {
			t.Fatalf("%v: %v", wrong, err)
		}
	}
}

func TestNothingPrintsAKey(t *testing.T) {
	ring := ringOf(t, options(&store{aliases: aliases{"current": a, "next": b}, version: "7"}))
	key := Key{[]byte(a), "7"}
	for _, thing := range []any{ring, ring.Keys(), key, &key, []Key{key}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%q"} {
			text := fmt.Sprintf(verb, thing)
			if strings.Contains(text, "aaa") || strings.Contains(text, "97") || strings.Contains(text, "6161") {
				t.Fatal(text)
			}
		}
		if text, err := json.Marshal(thing); err != nil || strings.Contains(string(text), "YWFh") {
			t.Fatalf("%s %v", text, err)
		}
	}
}

func TestDrain(t *testing.T) {
	now := time.Unix(1000, 0)
	s := &store{aliases: aliases{"file": a}}
	ring, err := newKeyRing(KeyOptions{Read: s.read, Sign: "file", Refresh: time.Hour, Drain: time.Minute}, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	defer ring.Close()
	replace := func(key string) {
		s.aliases = aliases{"file": key}
		refresh(t, ring)
	}
	replace(b)
	now = now.Add(30 * time.Second)
	replace(c)
	expect(t, ring, c, a, b)
	now = now.Add(29 * time.Second)
	refresh(t, ring)
	expect(t, ring, c, a, b)
	now = now.Add(time.Second)
	expect(t, ring, c, b)
	// A key that returns drains anew.
	replace(b)
	expect(t, ring, b, c)
	now = now.Add(time.Minute)
	expect(t, ring, b)
	replace(c)
	expect(t, ring, c, b)
}

func TestNoDrainByDefault(t *testing.T) {
	s := &store{aliases: aliases{"file": a}}
	ring := ringOf(t, KeyOptions{Read: s.read, Sign: "file", Refresh: time.Hour})
	s.aliases = aliases{"file": b}
	refresh(t, ring)
	expect(t, ring, b)
}

func TestItReadsAgainAndSurvivesFailures(t *testing.T) {
	s := &store{aliases: aliases{"current": a}}
	failed := make(chan error)
	o := options(s)
	o.Refresh = time.Millisecond
	o.OnError = func(err error) {
		failed <- err
		panic("a log that fails")
	}
	ring := ringOf(t, o)
	s.set(func() { s.err = errors.New("hunter2") })
	for count := 0; count < 2; count++ {
		if err := <-failed; err.Error() != "hunter2" {
			t.Fatal(err)
		}
	}
	expect(t, ring, a)
	// Readings that were under way may still fail.
	go func() {
		for range failed {
		}
	}()
	s.set(func() { s.err, s.aliases = nil, aliases{"current": b} })
	for string(ring.Keys().Sign()) != b {
		time.Sleep(time.Millisecond)
	}
	s.set(func() { s.then = map[int]func(){s.reads + 1: func() { panic("hunter2") }} })
	s.set(func() { s.aliases = aliases{"current": c} })
	for string(ring.Keys().Sign()) != c {
		time.Sleep(time.Millisecond)
	}
}

func TestTheLogHasNoMessage(t *testing.T) {
	var text bytes.Buffer
	log.SetOutput(&text)
	defer log.SetOutput(os.Stderr)
	logKeysError(fmt.Errorf("hunter2"))
	logKeysError(keyError("a key is empty"))
	if strings.Contains(text.String(), "hunter2") || !strings.Contains(text.String(), "*fmt.wrapError") &&
		!strings.Contains(text.String(), "*errors.errorString") || !strings.Contains(text.String(), "a key is empty") {
		t.Fatal(text.String())
	}
}

func TestOneReadingTakesEffectAsAWhole(t *testing.T) {
	number := 0
	name := func(number int) string { return fmt.Sprintf("%032d", number) }
	ring := ringOf(t, KeyOptions{Refresh: 100 * time.Microsecond, Load: func(context.Context) (Key, []Key, error) {
		number++
		return Key{[]byte(name(number)), strconv.Itoa(number)}, []Key{{Value: []byte(name(number + 1))}}, nil
	}})
	endpoint, err := Handler(Options{Service: "a", Keys: ring, Tokens: []string{"abcdefghijklmnopqrstuvwxyz"}, Requests: 1e9})
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for worker := 0; worker < 4; worker++ {
		group.Add(1)
		go func() {
			defer group.Done()
			seen := map[string]bool{}
			for len(seen) < 50 {
				request := httptest.NewRequest("GET", "/", nil)
				request.Header.Set("Authorization", "Bearer abcdefghijklmnopqrstuvwxyz")
				recorder := httptest.NewRecorder()
				endpoint.ServeHTTP(recorder, request)
				var told answer
				if err := json.Unmarshal(recorder.Body.Bytes(), &told); err != nil {
					t.Error(err)
					return
				}
				version, _ := strconv.Atoi(told.Version)
				want := []string{fingerprintOf(name(version)), fingerprintOf(name(version + 1))}
				if told.Fingerprint != want[0] || !reflect.DeepEqual(told.Accepts, want) {
					t.Errorf("%+v instead of %v", told, want)
					return
				}
				seen[told.Version] = true
			}
		}()
	}
	group.Wait()
}

func TestEndpointOptions(t *testing.T) {
	ring := ringOf(t, options(&store{aliases: aliases{"current": a}}))
	tokens := []string{"abcdefghijklmnopqrstuvwxyz"}
	secret := func() ([]byte, error) { return []byte(a), nil }
	for _, wrong := range []Options{
		{Service: "a", Tokens: tokens, Keys: ring, Secret: secret},
		{Service: "a", Tokens: tokens, Keys: ring, Version: "7"},
		{Service: "a", Tokens: tokens, Keys: ring, Accepts: func() ([][]byte, error) { return nil, nil }},
	} {
		if _, err := Handler(wrong); err == nil || !strings.Contains(err.Error(), "Keys must replace") {
			t.Fatal(err)
		}
	}
}

func fingerprintOf(key string) string {
	told, err := Options{Service: "a", Length: 8, Secret: func() ([]byte, error) { return []byte(key), nil }}.answer(nil)
	if err != nil {
		panic(err)
	}
	return told.Fingerprint
}
