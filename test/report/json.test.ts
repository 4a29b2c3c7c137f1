import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { json } from '../../src/report/json.js';
import { viewOf } from '../../src/report/view/view.js';
import { anyReport } from '../support/arbitrary-reports.js';
import { runs } from '../support/random.js';
import { aFinding, anAttempt, aParticipant, aReport } from '../support/reports.js';

const style = { color: true, columns: 80, verbose: false, quiet: false };

describe('the JSON report', () => {
  it('is one document with its keys in the published order', () => {
    const report = aReport({
      participants: [
        aParticipant('auth_service', {
          instances: [{ instance: 'auth-7d9f-x2', fingerprint: '200718bd', samples: 1 }],
          error: { code: 'timeout', message: 'no answer within 5 s' },
        }),
      ],
      attempts: [anAttempt('auth_service', 'genuine')],
      findings: [aFinding('trailing-newline', { evidence: { fingerprint: '9b1c0f2e' } })],
      impact: {
        currency: 'USD',
        mrrAtRisk: 50000,
        participants: [{ name: 'auth_service', mrr: 50000, note: null }],
      },
    });
    expect(json(viewOf(report), style)).toMatchInlineSnapshot(`
      "{
        "schemaVersion": 1,
        "tool": {
          "name": "jwtcheck",
          "version": "1.0.0"
        },
        "environment": "staging",
        "startedAt": "2026-01-31T12:00:00.000Z",
        "durationMs": 412,
        "verdict": "consistent",
        "exitCode": 0,
        "level": "INFO",
        "reference": {
          "participant": "secret_manager",
          "fingerprint": "200718bd",
          "version": "7"
        },
        "groups": [
          {
            "fingerprint": "200718bd",
            "participants": [
              "auth_service"
            ],
            "reference": false
          }
        ],
        "participants": [
          {
            "name": "auth_service",
            "role": "verifier",
            "source": "http",
            "reachable": true,
            "fingerprint": "200718bd",
            "agrees": true,
            "accepts": [
              "200718bd"
            ],
            "version": null,
            "provenance": null,
            "latencyMs": 12,
            "instances": [
              {
                "instance": "auth-7d9f-x2",
                "fingerprint": "200718bd",
                "samples": 1
              }
            ],
            "error": {
              "code": "timeout",
              "message": "no answer within 5 s"
            },
            "required": true,
            "proof": null
          }
        ],
        "attempts": [
          {
            "participant": "auth_service",
            "probe": "validate",
            "minter": "secret_manager",
            "token": "genuine",
            "tokenType": "access",
            "expected": "accepted",
            "result": "accepted",
            "status": 200,
            "closeCode": null,
            "detail": "",
            "latencyMs": 7
          }
        ],
        "findings": [
          {
            "code": "trailing-newline",
            "severity": "error",
            "participants": [
              "backend_service"
            ],
            "message": "backend_service holds another secret than secret_manager.",
            "evidence": {
              "fingerprint": "9b1c0f2e"
            },
            "remedy": "Give backend_service the secret of secret_manager, then restart it.",
            "steps": [
              {
                "text": "Give backend_service the secret of secret_manager, then restart it."
              }
            ]
          }
        ],
        "impact": {
          "currency": "USD",
          "mrrAtRisk": 50000,
          "participants": [
            {
              "name": "auth_service",
              "mrr": 50000,
              "note": null
            }
          ]
        }
      }
      "
    `);
  });

  it('does not depend on the order in which the report was put together', () => {
    const report = aReport();
    const reversed = JSON.parse(JSON.stringify(report), (_, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).reverse())
        : value,
    );
    expect(json(viewOf(reversed), style)).toBe(json(viewOf(report), style));
  });

  it('says the same when parsed, and is harmless when printed', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const text = json(viewOf(report), style);
        expect(text).not.toMatch(/[^\P{C}\n\p{Co}\p{Cn}]|[\u2028\u2029]/u);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(report)));
      }),
      { numRuns: runs(60) },
    );
  });

  it('escapes what JSON would let through', () => {
    const text = json(viewOf(aReport({ environment: '\u009b\u202e\u2028\u{e0041}\u007f\u00ad' })), style);
    expect(text).toContain('"\\u009b\\u202e\\u2028\\udb40\\udc41\\u007f\\u00ad"');
  });
});
