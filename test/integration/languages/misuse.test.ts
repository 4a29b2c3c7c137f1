import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { program } from '../support/requirements.js';
import { scratchFolder } from './start.js';

const integrations = resolve(import.meta.dirname, '../../../integrations');
const scratch = scratchFolder();
afterAll(() => scratch.remove());

/** Runs a few lines of Python with a kit at hand; standard error and output together. */
function python(kit: 'flask' | 'fastapi', lines: string): { code: number | null; text: string } {
  const command = program('python3', 'python3-flask python3-fastapi', '/usr/bin');
  const run = spawnSync(command, ['-c', lines], {
    encoding: 'utf8',
    env: { PYTHONPATH: join(integrations, `python-${kit}`), PYTHONDONTWRITEBYTECODE: '1' },
  });
  return { code: run.status, text: run.stdout + run.stderr };
}

const flask = (options: string, then = '') => `
import logging
logging.basicConfig(level=logging.DEBUG)
from flask import Flask
from jwtcheck_endpoint import FingerprintEndpoint
app = Flask(__name__)
app.wsgi_app = FingerprintEndpoint(app.wsgi_app, path="/fp", service="a", tokens=["abcdefghijklmnopqrstuvwxyz"], ${options})
ask = lambda: app.test_client().get("/fp", headers={"Authorization": "Bearer abcdefghijklmnopqrstuvwxyz"}).get_json()
${then}`;

describe('in Python', () => {
  it.each([
    ['Flask', flask('secret=lambda: "k" * 32, previous_secret="the previous secret"', 'print(ask())')],
    [
      'FastAPI',
      'from jwtcheck_endpoint import fingerprint_endpoint\n' +
        'fingerprint_endpoint(service="a", secret=lambda: "k" * 32, tokens=["a" * 16], previous_secret="the previous secret")',
    ],
  ])('a keyword that is not known is an error and never published: %s', (kit, lines) => {
    const { code, text } = python(kit === 'Flask' ? 'flask' : 'fastapi', lines);
    expect(code).toBe(1);
    expect(text).toContain("unexpected keyword argument 'previous_secret'");
    expect(text).not.toMatch(/the previous secret'|the previous secret"}/);
  });

  it('a secret that cannot be read is logged, with what is missing and where, once a minute', () => {
    const { text } = python(
      'flask',
      flask('secret=lambda: app.config["JWT_SECRET_KEY"]', 'print(ask()["status"])\nask()'),
    );
    expect(text).toMatch(
      /ERROR:jwtcheck:the secret of 'a' could not be read .*: KeyError: 'JWT_SECRET_KEY' at /,
    );
    expect(text.match(/ERROR:jwtcheck/g)).toHaveLength(1);
    expect(text).toContain('503');
  });

  it('a message that may quote the secret is not logged', () => {
    const { text } = python(
      'flask',
      flask(
        'secret=lambda: __import__("json").loads("hunter2-hunter2-hunter2") + {}["hunter2-hunter2"]',
        'ask()',
      ),
    );
    expect(text).toContain('JSONDecodeError at ');
    expect(text).not.toContain('unter2-');
  });

  it('an on_error that fails does not end the request', () => {
    const { code, text } = python(
      'flask',
      flask('secret=lambda: None, on_error=lambda error: 1 / 0', 'print(ask()["status"])'),
    );
    expect([code, text]).toEqual([0, expect.stringContaining('503')]);
  });

  it('a file name is not logged: the variable may contain the secret itself', () => {
    const { text } = python('flask', flask('secret=lambda: open("hunter2-hunter2-hunter2").read()', 'ask()'));
    expect(text).toContain('FileNotFoundError: No such file or directory at ');
    expect(text).not.toContain('hunter2-hunter2-hunter2');
  });

  it.each(['"previous-secret"', 'b"previous-secret"'])('one other key alone is no list: %s', (other) => {
    const { text } = python(
      'flask',
      flask(`secret=lambda: "k" * 32, accepts=lambda: ${other}`, 'print(ask())'),
    );
    expect(text).toContain('accepts must return a list of keys');
    expect(text).toContain("'status': 503");
  });

  it('no other key is no error', () => {
    const { text } = python(
      'flask',
      flask('secret=lambda: "k" * 32, accepts=lambda: None', 'print(ask()["service"])'),
    );
    expect(text.trim()).toBe('a');
  });

  const start = {
    flask: 'FingerprintEndpoint(None, path="/fp", **options)',
    fastapi: 'fingerprint_endpoint(**options)',
  } as const;
  it.each([
    ['tokens=[None]', 'tokens must be'],
    ['tokens=(token for token in ["a" * 16])', 'tokens must be'],
    ['environment={"JWT": "hunter2-hunter2"}', 'must be strings'],
    ['instance=object()', 'must be strings'],
    ['length=8.5', 'length must be'],
    ['service=None', 'service must'],
    ['on_error="log"', 'on_error must be'],
  ])(
    'what no option may be is an error at the start, and its value is not repeated: %s',
    (wrong, problem) => {
      for (const kit of ['flask', 'fastapi'] as const) {
        const { code, text } = python(
          kit,
          `from jwtcheck_endpoint import *
options = {**dict(service="a", secret=lambda: "k" * 32, tokens=["a" * 16]), **dict(${wrong})}
try:
    ${start[kit]}
except ValueError as error:
    print(error)`,
        );
        expect([code, text]).toEqual([0, expect.stringContaining(problem)]);
        expect(text).not.toContain('hunter2');
      }
    },
  );

  it('a function that blocks does not hold up the event loop', () => {
    const { text } = python(
      'fastapi',
      `
import asyncio, threading
from starlette.requests import Request
from jwtcheck_endpoint import fingerprint_endpoint
turned = threading.Event()
def secret():
    assert turned.wait(10), "the event loop stood still"
    return "k" * 32
endpoint = fingerprint_endpoint(service="a", secret=secret, tokens=["abcdefghijklmnopqrstuvwxyz"])
scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"",
         "headers": [(b"authorization", b"Bearer abcdefghijklmnopqrstuvwxyz")]}
async def main():
    asked = asyncio.ensure_future(endpoint(Request(scope)))
    await asyncio.sleep(0.05)
    turned.set()
    print((await asked).status_code)
asyncio.run(main())`,
    );
    expect(text.trim()).toBe('200');
  });
});

describe('in Java', () => {
  const built = join(scratch.path, 'classes');
  const compile = (path: string) => {
    const command = program('javac', 'default-jdk-headless');
    execFileSync(command, ['-Xlint:all', '-Werror', '-cp', built, '-d', built, path], { stdio: 'pipe' });
  };
  const app = (told: string) => `package com.example.auth;
import java.util.*;
import jwtcheck.JwtFingerprint;
public class App {
    public static void main(String[] arguments) {
        var endpoint = new JwtFingerprint("auth", () -> null, List::of, List.of("0123456789abcdef"), ${told});
        System.out.println(endpoint.answer("GET", "Bearer 0123456789abcdef", null).status());
    }
}`;

  it('it is used from a package, refuses what it does not know, and logs by default', () => {
    mkdirSync(built);
    compile(join(integrations, 'java/JwtFingerprint.java'));
    const source = join(scratch.path, 'App.java');
    const run = () =>
      spawnSync(program('java', 'default-jdk-headless'), ['-cp', built, 'com.example.auth.App'], {
        encoding: 'utf8',
      });
    writeFileSync(source, app('Map.of("instance", "one")'));
    compile(source);
    expect(run()).toMatchObject({
      stdout: '503\n',
      stderr: expect.stringContaining(
        '"auth" could not be read (onError receives the whole error): secret returned null',
      ),
    });
    writeFileSync(source, app('Map.of("fingerprint", "00000000")'));
    compile(source);
    expect(run()).toMatchObject({ status: 1, stderr: expect.stringContaining('fingerprint is not known') });
  });
});

describe('in Java, what is not there', () => {
  const built = join(scratch.path, 'absent');
  it('is left out, or an error at the start; a class that is missing is 503', () => {
    mkdirSync(built);
    const source = join(scratch.path, 'Absent.java');
    writeFileSync(
      source,
      `import java.util.*;
import java.util.concurrent.Callable;
import jwtcheck.JwtFingerprint;
public class Absent {
    static final byte[] KEY = "k".repeat(32).getBytes();
    static int ask(Callable<byte[]> secret, Callable<List<byte[]>> accepts, Map<String, String> labels) {
        var endpoint = new JwtFingerprint("auth", secret, accepts, List.of("0123456789abcdef"), labels);
        return endpoint.answer("GET", "Bearer 0123456789abcdef", null).status();
    }
    public static void main(String[] arguments) {
        Map<String, String> labels = new HashMap<>();
        labels.put("instance", null);
        labels.put("reveal", null);
        System.out.println(ask(() -> KEY, List::of, labels));
        System.out.println(ask(() -> KEY, null, Map.of()));
        System.out.println(ask(() -> KEY, () -> null, Map.of()));
        System.out.println(ask(() -> { throw new NoClassDefFoundError("hunter2"); }, List::of, Map.of()));
        try {
            ask(null, List::of, Map.of());
        } catch (IllegalArgumentException error) {
            System.out.println(error.getMessage());
        }
    }
}`,
    );
    const options = { stdio: 'pipe' } as const;
    const compiler = program('javac', 'default-jdk-headless');
    const kit = join(integrations, 'java/JwtFingerprint.java');
    execFileSync(compiler, ['-Xlint:all', '-Werror', '-d', built, kit, source], options);
    const run = spawnSync(program('java', 'default-jdk-headless'), ['-cp', built, 'Absent'], {
      encoding: 'utf8',
    });
    expect(run.stdout).toBe('200\n200\n200\n503\nsecret and onError must be functions\n');
    expect(run.stderr).toContain('the reading failed with java.lang.NoClassDefFoundError');
    expect(run.stderr).not.toContain('hunter2');
  });
});

describe('in Go', () => {
  const folder = join(scratch.path, 'go');
  const env = { ...process.env, GOPROXY: 'off', GOFLAGS: '-mod=mod' };
  const run = (options: string) =>
    runProgram(`package main

import (
	"fmt"
	"os"

	"example/jwtcheck"
)

func main() {
	_, err := jwtcheck.Handler(jwtcheck.Options{
		Service: "a", Secret: func() ([]byte, error) { return nil, nil }, Tokens: []string{"0123456789abcdef"}, ${options}})
	fmt.Println(err)
	if err != nil {
		os.Exit(3)
	}
}
`);
  const runProgram = (app: string) => {
    mkdirSync(join(folder, 'jwtcheck'), { recursive: true });
    cpSync(join(integrations, 'go/jwtcheck.go'), join(folder, 'jwtcheck/jwtcheck.go'));
    writeFileSync(join(folder, 'go.mod'), 'module example\n\ngo 1.18\n');
    writeFileSync(join(folder, 'main.go'), app);
    const { status, stdout, stderr } = spawnSync(program('go', 'golang-go'), ['run', '.'], {
      cwd: folder,
      env,
      encoding: 'utf8',
    });
    return { status, text: stdout + stderr };
  };

  it('a field that is not known does not compile, and its value is not repeated', () => {
    const { status, text } = run('PreviousSecret: "the previous secret",');
    expect(status).not.toBe(0);
    expect(text).toMatch(/unknown field '?PreviousSecret/);
    expect(text).not.toContain('the previous secret');
  });

  it.each(['Requests: 0.5,', 'Requests: -1,', 'Seconds: -1,', 'Length: 7,', 'Reveal: "both",'])(
    'a value that cannot be meant is an error and not the default: %s',
    (options) => {
      expect(run(options).text).toMatch(/^jwtcheck: \w+ (?:and Seconds )?must /);
    },
  );

  it('a panic and keys that are none are 503, and no value of a panic is logged', () => {
    const { text } = runProgram(`package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"

	"example/jwtcheck"
)

type none struct{}

func (none) Keys() jwtcheck.Keys { return jwtcheck.Keys{} }

func main() {
	for _, options := range []jwtcheck.Options{
		{Secret: func() ([]byte, error) { panic("hunter2") }},
		{Secret: func() ([]byte, error) { return []byte("k"), nil }, Accepts: func() ([][]byte, error) { panic("hunter2") }},
		{Secret: func() ([]byte, error) { _, err := os.ReadFile("hunter2"); return nil, err }},
		{Keys: none{}},
	} {
		options.Service, options.Tokens = "a", []string{"0123456789abcdef"}
		handler, err := jwtcheck.Handler(options)
		if err != nil {
			panic(err)
		}
		server := httptest.NewServer(handler)
		for _, query := range []string{"", "?challenge=AAAAAAAAAAAAAAAAAAAAAA"} {
			request, _ := http.NewRequest("GET", server.URL+"/"+query, nil)
			request.Header.Set("Authorization", "Bearer 0123456789abcdef")
			if answer, err := http.DefaultClient.Do(request); err != nil {
				fmt.Println(err)
			} else {
				fmt.Println(answer.StatusCode)
			}
		}
		server.Close()
	}
}
`);
    expect(text.match(/^503$/gm)).toHaveLength(8);
    expect(text).toContain('the reading panicked with a string');
    expect(text).not.toContain('hunter2');
  });

  it('one of two limits is enough', () => {
    for (const options of ['Requests: 5,', 'Seconds: 5,', ''])
      expect(run(options)).toEqual({ status: 0, text: '<nil>\n' });
  });
});
