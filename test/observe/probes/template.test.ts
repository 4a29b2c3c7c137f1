import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillBody, fillHeaders, fillJson, fillUrl, hasToken } from '../../../src/observe/probes/template.js';
import { Secret } from '../../../src/secret/secret.js';

const token = new Secret('aaa.bbb.ccc');
const encoded = Buffer.from('aaa.bbb.ccc').toString('base64url');

describe('hasToken', () => {
  it('looks into lists and objects', () => {
    expect(hasToken({ a: [1, null, { b: 'x {{token}}' }] })).toBe(true);
    expect(hasToken(['{{token.base64url}}'])).toBe(true);
    expect(hasToken({ '{{token}}': 'a' })).toBe(false);
    expect(hasToken(['{{ token }}', '{{tokens}}', '{{token.hex}}', undefined])).toBe(false);
  });
});

describe('fillBody', () => {
  it('fills strings of JSON and keeps everything else', () => {
    const body = {
      token: '{{token}}',
      list: ['{{token.base64url}}', 1, true, null],
      deep: { a: 'Bearer {{token}}' },
    };
    expect(JSON.parse(fillBody(body, token))).toEqual({
      token: 'aaa.bbb.ccc',
      list: [encoded, 1, true, null],
      deep: { a: 'Bearer aaa.bbb.ccc' },
    });
  });

  it('sends a text as it is', () => {
    expect(fillBody('token={{token}}&x="', token)).toBe('token=aaa.bbb.ccc&x="');
    expect(fillBody('token={{token}}', null)).toBe('token=');
  });

  it('lets no token break out of the JSON', () => {
    fc.assert(
      fc.property(fc.string(), (wild) => {
        const filled = JSON.parse(fillBody({ a: '<{{token}}>', b: 1 }, new Secret(wild)));
        expect(filled).toEqual({ a: `<${Buffer.from(wild).toString()}>`, b: 1 });
      }),
      { numRuns: 200 },
    );
  });

  it('changes nothing where there is no place for the token', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        expect(JSON.stringify(fillJson(JSON.parse(JSON.stringify(value)), token))).toBe(
          JSON.stringify(value),
        );
      }),
      { numRuns: 200 },
    );
  });
});

describe('fillUrl', () => {
  it('fills path and query and drops the fragment', () => {
    const url = 'https://a.example/{{token}}/me?t={{token.base64url}}&x=%20y#part';
    expect(fillUrl(url, token)).toBe(`https://a.example/aaa.bbb.ccc/me?t=${encoded}&x=%20y`);
  });

  it('without a token: parameters that would carry it go, the path loses it', () => {
    expect(fillUrl('https://a.example/{{token}}/me?x=%20y&t={{token}}&z', null)).toBe(
      'https://a.example//me?x=%20y&z',
    );
    expect(fillUrl('https://a.example/me?t={{token}}', null)).toBe('https://a.example/me');
    expect(fillUrl('https://a.example/me?a=b?t={{token}}', null)).toBe('https://a.example/me');
    expect(fillUrl('https://a.example/me', null)).toBe('https://a.example/me');
  });
});

describe('fillHeaders', () => {
  it('fills values', () => {
    expect(fillHeaders({ 'X-Token': 'v {{token}}', Accept: 'a' }, token, false)).toEqual({
      'x-token': 'v aaa.bbb.ccc',
      accept: 'a',
    });
  });

  it('without a token: fields that would carry it go', () => {
    expect(fillHeaders({ 'X-Token': 'v {{token}}', Accept: 'a' }, null, false)).toEqual({ accept: 'a' });
  });

  it('authorizes in the place of another credential, which is not sent without a token either', () => {
    const configured = { AUTHORIZATION: 'Basic eA==', a: 'b' };
    expect(fillHeaders(configured, token, true)).toEqual({ authorization: 'Bearer aaa.bbb.ccc', a: 'b' });
    expect(fillHeaders(configured, null, true)).toEqual({ a: 'b' });
    expect(fillHeaders(configured, token, false)).toEqual({ authorization: 'Basic eA==', a: 'b' });
  });
});
