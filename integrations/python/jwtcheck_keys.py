"""The keys of a service, read again on an interval: a key is replaced without a restart. See docs/endpoint.md of jwtcheck.

MIT License

Copyright (c) 2026 The jwtcheck authors

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""

import datetime
import logging
import os
import random
import threading
import time
import traceback
import weakref


class Key:
    """A key as `read` returns it, with its version where the store counts versions. It prints without its value."""

    __slots__ = ("value", "version")

    def __init__(self, value, version=None):
        self.value, self.version = value, version

    def __repr__(self):
        return f"Key(version={self.version!r})"


class Keys:
    """The keys as of one reading. It never changes, and prints without its keys.

    sign: the key that signs. accepts: every key that verifies, the one that signs first. version: that of the key that signs, or
    None. loaded_at: the time of the reading, a datetime.
    """

    __slots__ = ("sign", "accepts", "version", "loaded_at")

    def __init__(self, sign, accepts, version, loaded_at):
        for name, value in zip(Keys.__slots__, (sign, accepts, version, loaded_at)):
            object.__setattr__(self, name, value)

    def __setattr__(self, name, value):
        raise AttributeError("Keys never change")

    def __repr__(self):
        return f"Keys(version={self.version!r}, accepts={len(self.accepts)})"


class KeyRing:
    """Reads the keys when it is created, and again every `refresh` seconds (±10 %) in a daemon thread.

    read: a function of a name that returns its key as bytes, as a str that stands for its UTF-8, or as `Key`; None if there is no
    such key. sign: the name of the key that signs. accept: the names of other keys that verify. load: instead of these three, a
    function that returns the key that signs and a list of others that verify. Nothing is trimmed or decoded. drain: for this many
    seconds a key that was replaced is still accepted; only with `sign` alone, because `accept` says when a key ends. on_error:
    receives the error of a reading in the thread; by default its kind and place are logged, without the message, which may quote
    a key. clock: monotonic seconds.

    While the keys cannot be read, the last ones stay in force. An error of the first reading is raised.
    """

    def __init__(self, *, read=None, sign=None, accept=(), load=None, refresh=30, drain=0, on_error=None, clock=time.monotonic):
        _check(read, sign, accept, load, refresh, drain)
        names = tuple(accept)
        self._load = load or (lambda: _by_name(read, sign, names))
        self._interval, self._drain, self._clock, self._on_error = refresh, drain, clock, on_error or _log
        # What one reading found, and the replaced keys that are still accepted: replaced together.
        self._state = (None, ())
        self._reading, self._closed = threading.Lock(), threading.Event()
        self.refresh()
        self._start()
        _rings.add(self)

    def keys(self):
        """All of them as of one reading."""
        keys, draining = self._state
        now = self._clock()
        still = tuple(key for key, until in draining if now < until)
        return Keys(keys.sign, keys.accepts + still, keys.version, keys.loaded_at) if still else keys

    @property
    def sign(self):
        """The key that signs."""
        return self.keys().sign

    @property
    def accepts(self):
        """Every key that verifies, the one that signs first."""
        return self.keys().accepts

    def refresh(self):
        """Reads now, for example on a signal. If that fails, it raises, and the last keys stay."""
        with self._reading:
            sign, others = self._load()
            if isinstance(others, (str, bytes, bytearray, memoryview, Key)):
                raise _KeyError("load must return a key and a list of keys")
            keys = [_bytes(sign), *map(_bytes, others)]
            accepts = tuple(dict.fromkeys(keys))
            version = sign.version if isinstance(sign, Key) else None
            now = self._clock()
            before, draining = self._state
            if before is not None and before.sign != accepts[0]:
                draining += ((before.sign, now + self._drain),)
            draining = tuple(one for one in draining if now < one[1] and one[0] not in accepts)
            loaded_at = datetime.datetime.now(datetime.timezone.utc)
            self._state = (Keys(accepts[0], accepts, version, loaded_at), draining)

    def close(self):
        """Ends the thread. The last keys stay."""
        self._closed.set()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __repr__(self):
        return f"KeyRing({self.keys()!r})"

    def _start(self):
        threading.Thread(target=self._follow, name="jwtcheck-keys", daemon=True).start()

    def _follow(self):
        # With jitter, so that replicas that started together do not read together.
        while not self._closed.wait(self._interval * random.uniform(0.9, 1.1)):
            try:
                self.refresh()
            except Exception as error:
                try:
                    self._on_error(error)
                except Exception:
                    logging.getLogger("jwtcheck").warning("on_error failed")

    def _forked(self):
        # A thread does not survive a fork, and a lock may be held by one: servers that fork workers would never read again.
        self._reading = threading.Lock()
        if not self._closed.is_set():
            self._closed = threading.Event()
            self._start()


_rings = weakref.WeakSet()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=lambda: [ring._forked() for ring in list(_rings)])


def read_file(path):
    """For `read`, with paths as names: the bytes of a file, and None if there is none."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


class _KeyError(ValueError):
    """An error of this file, whose message holds nothing of a key."""


def _by_name(read, sign, accept):
    def signing():
        key = read(sign)
        if key is None:
            raise _KeyError(f"there is no key with the name {sign!r}")
        return key

    first = signing()
    if not accept:
        return first, []
    others = [key for key in map(read, accept) if key is not None]
    # An alias may move between two reads. What it stood for before and after is accepted: no key is lost on its way.
    return signing(), [first, *others]


def _bytes(key):
    value = key.value if isinstance(key, Key) else key
    if not isinstance(value, (str, bytes, bytearray, memoryview)):
        raise _KeyError("a key is neither a str nor bytes")
    if not len(value):
        raise _KeyError("a key is empty")
    return value.encode() if isinstance(value, str) else bytes(value)


def _check(read, sign, accept, load, refresh, drain):
    if (load is None) == (read is None) or not callable(load or read):
        raise ValueError("either read or load must be a function")
    if load is not None and (sign is not None or len(accept)):
        raise ValueError("sign and accept are names for read: load returns the keys themselves")
    if read is not None and (not isinstance(sign, str) or not sign):
        raise ValueError("sign must be the name of the key that signs")
    if isinstance(accept, (str, bytes)) or not all(isinstance(name, str) and name for name in accept):
        raise ValueError("accept must be a list of names")
    if not refresh > 0:
        raise ValueError("refresh must be a positive number of seconds")
    if not drain >= 0:
        raise ValueError("drain must be a number of seconds")
    if drain and (load is not None or len(accept)):
        raise ValueError("drain is for one key alone: with accept or load, these say when a key ends")


def _log(error):
    """The kind of an error and its place. What fails to parse a key often quotes it, so the message is left out."""
    message, code = "", getattr(error, "code", None)
    if isinstance(error, _KeyError):
        message = f": {error}"
    elif isinstance(code, int):
        message = f" {int(code)}"
    elif isinstance(error, OSError):
        # Without the file name: a variable that should name a file may contain the key itself.
        message = f": {error.strerror}" if error.strerror else ""
    frame = traceback.extract_tb(error.__traceback__)[-1:]
    where = f" at {frame[0].filename}:{frame[0].lineno} in {frame[0].name}" if frame else ""
    logging.getLogger("jwtcheck").error(
        "the keys could not be read, and the last ones stay in force (on_error receives the whole error): %s%s%s",
        type(error).__name__.lstrip("_"), message, where)
