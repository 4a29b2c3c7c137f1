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

package jwtcheck

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// Key is a key as it was read, with its version where the store counts versions. It prints without its value.
type Key struct {
	Value   []byte // nothing is trimmed or decoded
	Version string
}

// Format prints no key, whatever the verb.
func (k Key) Format(state fmt.State, _ rune) { fmt.Fprintf(state, "Key(version %q)", k.Version) }

// MarshalJSON writes no key.
func (k Key) MarshalJSON() ([]byte, error) { return json.Marshal(fmt.Sprint(k)) }

// KeyOptions of a KeyRing: Read and Sign, or Load.
type KeyOptions struct {
	// Read returns the key of a name, and nil if there is no such key.
	Read func(ctx context.Context, name string) (*Key, error)
	// Sign is the name of the key that signs, Accept those of other keys that verify.
	Sign   string
	Accept []string
	// Load, instead of these three, returns the key that signs and others that verify.
	Load func(ctx context.Context) (sign Key, accept []Key, err error)
	// Refresh is the interval of readings, ±10 %; default 30 s.
	Refresh time.Duration
	// Timeout of the context of one reading; default 10 s.
	Timeout time.Duration
	// Drain is how long a key that was replaced is still accepted; default 0. Only with Sign alone, because Accept and Load say
	// when a key ends.
	Drain time.Duration
	// OnError receives the error of a reading on the interval. By default its type is logged, without the message, which may
	// quote a key.
	OnError func(error)
}

// KeyRing holds the keys of a service, and reads them again on an interval. While they cannot be read, the last ones stay in
// force.
type KeyRing struct {
	options KeyOptions
	now     func() time.Time
	reading sync.Mutex
	state   atomic.Value // of ringState: what one reading found and what drains are replaced together
	ctx     context.Context
	cancel  context.CancelFunc
}

type ringState struct {
	keys     Keys
	draining []drainingKey
}

type drainingKey struct {
	value string
	until time.Time
}

// NewKeyRing reads the keys, and reads them again in a goroutine until Close. It fails where the first reading fails.
func NewKeyRing(o KeyOptions) (*KeyRing, error) { return newKeyRing(o, time.Now) }

func newKeyRing(o KeyOptions, now func() time.Time) (*KeyRing, error) {
	if (o.Read == nil) == (o.Load == nil) {
		return nil, errors.New("jwtcheck: either Read or Load must be a function")
	}
	if o.Load != nil && (o.Sign != "" || len(o.Accept) > 0) {
		return nil, errors.New("jwtcheck: Sign and Accept are names for Read: Load returns the keys themselves")
	}
	if o.Read != nil && o.Sign == "" {
		return nil, errors.New("jwtcheck: Sign must be the name of the key that signs")
	}
	if o.Refresh < 0 || o.Timeout < 0 || o.Drain < 0 {
		return nil, errors.New("jwtcheck: Refresh, Timeout and Drain must not be negative")
	}
	if o.Drain > 0 && (o.Load != nil || len(o.Accept) > 0) {
		return nil, errors.New("jwtcheck: Drain is for one key alone: with Accept or Load, these say when a key ends")
	}
	if o.Refresh == 0 {
		o.Refresh = 30 * time.Second
	}
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Second
	}
	if o.OnError == nil {
		o.OnError = logKeysError
	}
	o.Accept = append([]string(nil), o.Accept...)
	ctx, cancel := context.WithCancel(context.Background())
	ring := &KeyRing{options: o, now: now, ctx: ctx, cancel: cancel}
	if err := ring.Refresh(ctx); err != nil {
		cancel()
		return nil, err
	}
	go ring.follow()
	return ring, nil
}

// Keys returns all keys as of one reading.
func (r *KeyRing) Keys() Keys {
	state := r.state.Load().(ringState)
	keys, now := state.keys, r.now()
	for _, one := range state.draining {
		if now.Before(one.until) {
			keys.accepts = append(keys.accepts[:len(keys.accepts):len(keys.accepts)], []byte(one.value))
		}
	}
	return keys
}

// Refresh reads now, for example on a signal. If that fails, the last keys stay.
func (r *KeyRing) Refresh(ctx context.Context) error {
	r.reading.Lock()
	defer r.reading.Unlock()
	ctx, cancel := context.WithTimeout(ctx, r.options.Timeout)
	defer cancel()
	sign, others, err := r.load(ctx)
	if err != nil {
		return err
	}
	keys := Keys{version: sign.Version, loadedAt: time.Now()}
	held := map[string]bool{}
	for _, key := range append([]Key{sign}, others...) {
		if len(key.Value) == 0 {
			return keyError("a key is empty")
		}
		if value := string(key.Value); !held[value] {
			held[value] = true
			keys.accepts = append(keys.accepts, []byte(value))
		}
	}
	now, next := r.now(), ringState{keys: keys}
	if before, known := r.state.Load().(ringState); known {
		replaced := drainingKey{string(before.keys.Sign()), now.Add(r.options.Drain)}
		for _, one := range append(before.draining[:len(before.draining):len(before.draining)], replaced) {
			if now.Before(one.until) && !held[one.value] {
				next.draining = append(next.draining, one)
			}
		}
	}
	r.state.Store(next)
	return nil
}

// Close ends the readings. The last keys stay.
func (r *KeyRing) Close() { r.cancel() }

// Format prints no key, whatever the verb.
func (r *KeyRing) Format(state fmt.State, _ rune) { fmt.Fprintf(state, "KeyRing(%v)", r.Keys()) }

func (r *KeyRing) follow() {
	// With jitter, so that replicas that started together do not read together.
	jitter := rand.New(rand.NewSource(time.Now().UnixNano()))
	for {
		timer := time.NewTimer(time.Duration(float64(r.options.Refresh) * (0.9 + 0.2*jitter.Float64())))
		select {
		case <-r.ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
		if err := r.Refresh(r.ctx); err != nil && r.ctx.Err() == nil {
			quietly(r.options.OnError, err)
		}
	}
}

// load reads the keys once. A panic of the functions is an error, and does not end the service.
func (r *KeyRing) load(ctx context.Context) (sign Key, others []Key, err error) {
	defer func() {
		if found := recover(); found != nil {
			err = keyError(fmt.Sprintf("the reading panicked with a %T", found))
		}
	}()
	if r.options.Load != nil {
		return r.options.Load(ctx)
	}
	first, err := r.signing(ctx)
	if err != nil || len(r.options.Accept) == 0 {
		return first, nil, err
	}
	for _, name := range r.options.Accept {
		key, err := r.options.Read(ctx, name)
		if err != nil {
			return Key{}, nil, err
		}
		if key != nil {
			others = append(others, *key)
		}
	}
	// An alias may move between two reads. What it stood for before and after is accepted: no key is lost on its way.
	last, err := r.signing(ctx)
	return last, append(others, first), err
}

func (r *KeyRing) signing(ctx context.Context) (Key, error) {
	key, err := r.options.Read(ctx, r.options.Sign)
	if err == nil && key == nil {
		err = keyError(fmt.Sprintf("there is no key with the name %q", r.options.Sign))
	}
	if err != nil {
		return Key{}, err
	}
	return *key, nil
}

// ReadFile is for Read, with paths as names: the bytes of a file, and nil if there is none.
func ReadFile(_ context.Context, path string) (*Key, error) {
	value, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &Key{Value: value}, nil
}
