"""The key ring of integrations/python, in the endpoint of integrations/python-flask: both are in PYTHONPATH."""

import hashlib
import json
import os
import queue
import sys
import tempfile
import threading
import unittest

from jwtcheck_endpoint import FingerprintEndpoint
from jwtcheck_keys import Key, KeyRing, Keys, read_file

HOURS = 3600
A, B, C = (letter * 32 for letter in (b"a", b"b", b"c"))


class Store:
    """Aliases of a secret that change in one write, as those of Secret Manager do."""

    def __init__(self, **aliases):
        self.aliases, self.reads, self.then = aliases, 0, {}

    def move(self, **aliases):
        self.aliases = aliases

    def read(self, alias):
        self.reads += 1
        found = self.aliases.get(alias)
        self.then.get(self.reads, lambda: None)()
        return found


def ring(store, **more):
    return KeyRing(read=store.read, sign="current", accept=["next", "previous"], **{"refresh": HOURS, **more})


class Reading(unittest.TestCase):
    def test_roles(self):
        store = Store(current=Key(A, "7"))
        keys = ring(store)
        self.assertEqual((keys.sign, keys.accepts, keys.keys().version), (A, (A,), "7"))
        store.move(current=Key(A, "7"), next="b" * 32, previous=A)
        keys.refresh()
        self.assertEqual((keys.sign, keys.accepts), (A, (A, B)))
        store.move(current=Key(B, "8"), next=B, previous=A)
        keys.refresh()
        self.assertEqual((keys.sign, keys.accepts, keys.keys().version), (B, (B, A), "8"))
        store.move(current=B)
        keys.refresh()
        self.assertEqual((keys.accepts, keys.keys().version), ((B,), None))

    def test_a_function_that_returns_all(self):
        held = [(Key(A, "7"), [B])]
        keys = KeyRing(load=lambda: held[0], refresh=HOURS)
        self.assertEqual((keys.sign, keys.accepts, keys.keys().version), (A, (A, B), "7"))
        for wrong in (("k" * 32, "not a list"), (A, B), (A, Key(B)), (None, []), (A, [""]), A):
            held[0] = wrong
            self.assertRaises((ValueError, TypeError), keys.refresh)
            self.assertEqual(keys.accepts, (A, B))

    def test_files(self):
        with tempfile.TemporaryDirectory() as folder:
            paths = [os.path.join(folder, name) for name in ("current", "next", "previous")]
            with open(paths[0], "wb") as file:
                file.write(b"\xff\x00" + A + b"\n")
            keys = KeyRing(read=read_file, sign=paths[0], accept=paths[1:], refresh=HOURS)
            self.assertEqual(keys.accepts, (b"\xff\x00" + A + b"\n",))
            with open(paths[1], "wb") as file:
                file.write(B)
            keys.refresh()
            self.assertEqual(keys.accepts[1:], (B,))

    def test_no_key_is_lost_while_an_alias_moves(self):
        staged, promoted = {"current": A, "next": B, "previous": A}, {"current": B, "next": B, "previous": A}
        moves = [(staged, promoted), (promoted, staged),
                 # Another program may give each key one alias only.
                 ({"current": A, "next": B}, {"current": B, "previous": A}),
                 ({"current": B, "previous": A}, {"current": A, "next": B})]
        for before, after in moves:
            for names in (["next", "previous"], ["previous", "next"]):
                for moment in range(6):
                    store = Store(**before)
                    keys = KeyRing(read=store.read, sign="current", accept=names, refresh=HOURS)
                    store.then = {store.reads + moment: lambda: store.move(**after)}
                    if moment == 0:
                        store.move(**after)
                    keys.refresh()
                    self.assertEqual(set(keys.accepts), {A, B}, (before, names, moment))

    def test_failures(self):
        store = Store(current=A)
        keys = ring(store)
        for error in ({}, {"current": A, "next": b""}, {"current": ""}, {"current": 7}):
            store.move(**error)
            self.assertRaises(ValueError, keys.refresh)
            self.assertEqual((keys.sign, keys.accepts), (A, (A,)))
        with self.assertRaisesRegex(ValueError, "no key with the name 'current'"):
            ring(Store(next=B))

    def test_options(self):
        read = Store(current=A).read
        for wrong in ({}, {"read": read}, {"read": read, "load": read, "sign": "a"}, {"load": lambda: (A, []), "sign": "a"},
                      {"read": read, "sign": "current", "accept": "next"}, {"read": read, "sign": ""}, {"read": 1, "sign": "a"},
                      {"read": read, "sign": "current", "refresh": 0}, {"read": read, "sign": "current", "drain": -1},
                      {"read": read, "sign": "current", "accept": ["next"], "drain": 5},
                      {"load": lambda: (A, []), "drain": 5}):
            self.assertRaises(ValueError, lambda: KeyRing(**wrong))
        with self.assertRaisesRegex(TypeError, "unexpected keyword argument 'aliases'"):
            KeyRing(read=read, sign="current", aliases=["next"])

    def test_nothing_prints_a_key(self):
        keys = ring(Store(current=Key(A, "7"), next=Key("b" * 32)))
        for thing in (keys, keys.keys(), Key(A, "7")):
            for text in (repr(thing), str(thing), f"{thing}"):
                self.assertNotRegex(text, "aaa|bbb|97, 97")
        with self.assertRaises(AttributeError):
            keys.keys().sign = B


class Drain(unittest.TestCase):
    def setUp(self):
        self.now, self.held = 100.0, A
        self.keys = KeyRing(read=lambda _: self.held, sign="variable", refresh=HOURS, drain=60, clock=lambda: self.now)

    def replace(self, key):
        self.held = key
        self.keys.refresh()

    def test_a_replaced_key_is_accepted_until_its_drain_is_over(self):
        self.replace(B)
        self.now += 30
        self.replace(C)
        self.assertEqual(self.keys.accepts, (C, A, B))
        self.now += 29
        self.keys.refresh()
        self.assertEqual(self.keys.accepts, (C, A, B))
        self.now += 1
        self.assertEqual(self.keys.accepts, (C, B))
        self.now += 30
        self.assertEqual(self.keys.accepts, (C,))

    def test_a_key_that_returns_drains_anew(self):
        self.replace(B)
        self.now += 30
        self.replace(A)
        self.assertEqual(self.keys.accepts, (A, B))
        self.now += 60
        self.assertEqual(self.keys.accepts, (A,))
        self.replace(B)
        self.assertEqual(self.keys.accepts, (B, A))

    def test_none_by_default(self):
        held = [A]
        keys = KeyRing(read=lambda _: held[0], sign="variable", refresh=HOURS)
        held[0] = B
        keys.refresh()
        self.assertEqual(keys.accepts, (B,))


class Following(unittest.TestCase):
    def test_it_reads_again_keeps_the_keys_on_failure_and_stops(self):
        reads, errors, answers = queue.Queue(), queue.Queue(), [A]

        def read(_):
            reads.put(1)
            if isinstance(answers[0], Exception):
                raise answers[0]
            return answers[0]

        def on_error(error):
            errors.put(error)
            raise RuntimeError("a log that fails")

        before = set(threading.enumerate())
        keys = KeyRing(read=read, sign="current", refresh=0.005, on_error=on_error)
        (thread,) = set(threading.enumerate()) - before
        self.assertTrue(thread.daemon)
        answers[0] = OSError("hunter2")
        self.assertIs(errors.get(timeout=60), answers[0])
        self.assertEqual(errors.get(timeout=60), answers[0])
        self.assertEqual(keys.sign, A)
        answers[0] = B
        while keys.sign != B:
            reads.get(timeout=60)
        keys.close()
        thread.join(60)
        self.assertFalse(thread.is_alive())

    def test_the_log_has_the_kind_and_the_place_and_no_message(self):
        def fail(_):
            if answers:
                return answers.pop()
            raise ValueError("hunter2")

        answers = [A]
        with self.assertLogs("jwtcheck") as logs:
            with KeyRing(read=fail, sign="current", refresh=0.005):
                while not logs.output:
                    pass
        self.assertRegex(logs.output[0], r"the keys could not be read.*: ValueError at .*keys_test\.py:\d+ in fail$")
        self.assertNotIn("hunter2", "".join(logs.output))

    def test_one_reading_takes_effect_as_a_whole(self):
        numbers = iter(range(10**9))

        def load():
            number = next(numbers)
            return Key(b"%032d" % number, str(number)), [b"%032d" % (number + 1)]

        with KeyRing(load=load, refresh=0.0005) as keys:
            wrong, seen = [], set()

            def look():
                while len(seen) < 50:
                    now = keys.keys()
                    number = int(now.version)
                    seen.add(number)
                    if now.accepts != (now.sign, b"%032d" % (number + 1)) or now.sign != b"%032d" % number:
                        wrong.append(now)

            threads = [threading.Thread(target=look) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual(wrong, [])

    @unittest.skipUnless(hasattr(os, "fork"), "no fork")
    def test_a_forked_worker_reads_on(self):
        store = Store(current=A)
        keys = ring(store, refresh=0.005)
        # A lock that a thread of the parent holds is never released in the child.
        with keys._reading:
            child = os.fork()
            if child == 0:
                store.move(current=B)
                while keys.sign != B:
                    pass
                os._exit(7)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 7)
        keys.close()


class Endpoints(unittest.TestCase):
    token = "abcdefghijklmnopqrstuvwxyz"

    def endpoint(self, keys, **more):
        return FingerprintEndpoint(None, path="/fp", service="a", tokens=[self.token], keys=keys, requests=1e9, **more)

    def ask(self, endpoint):
        environ = {"PATH_INFO": "/fp", "REQUEST_METHOD": "GET", "HTTP_AUTHORIZATION": f"Bearer {self.token}"}
        return json.loads(b"".join(endpoint(environ, lambda *_: None)))

    def test_what_cannot_be_meant(self):
        keys = ring(Store(current=A))
        for wrong in ({"secret": lambda: A}, {"accepts": lambda: [A]}, {"version": "7"}):
            self.assertRaisesRegex(ValueError, "keys replaces", lambda: self.endpoint(keys, **wrong))
        self.assertRaisesRegex(ValueError, "must be a KeyRing", lambda: self.endpoint(Keys(A, (A,), None, None)))
        self.assertRaisesRegex(ValueError, "or pass keys", lambda: self.endpoint(None))

    def test_it_shows_the_keys_of_one_reading(self):
        numbers = iter(range(10**9))

        def load():
            number = next(numbers)
            return Key(b"%032d" % number, str(number)), [b"%032d" % (number + 1)]

        def shown(number):
            return hashlib.sha256(b"%032d" % number).hexdigest()[:8]

        class Moving(KeyRing):
            """Others whenever they are asked for."""

            def keys(self):
                self.refresh()
                return super().keys()

        with Moving(load=load, refresh=HOURS) as keys:
            endpoint = self.endpoint(keys)
            for _ in range(3):
                told = self.ask(endpoint)
                number = int(told["version"])
                self.assertEqual((told["fingerprint"], told["accepts"]), (shown(number), [shown(number), shown(number + 1)]))
                self.assertRegex(told["loadedAt"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")


# The thread that reads gets its turn sooner.
sys.setswitchinterval(0.0001)
unittest.main()
