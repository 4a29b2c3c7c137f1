import { describe, expect, it } from 'vitest';
import { routeTo } from '../../../src/observe/network/proxy.js';

const proxy = 'http://proxy.example.com:3128';
const via = (url: string, env: Record<string, string>): string => {
  const route = routeTo(new URL(url), env);
  return route.via === 'proxy' ? route.uri : route.via;
};

describe('routeTo', () => {
  it.each([
    ['https://a.example.com/', {}, 'direct'],
    ['https://a.example.com/', { HTTPS_PROXY: proxy }, proxy],
    ['https://a.example.com/', { https_proxy: proxy }, proxy],
    ['wss://a.example.com/', { HTTPS_PROXY: proxy }, proxy],
    ['ws://a.example.com/', { HTTP_PROXY: proxy }, proxy],
    ['http://a.example.com/', { http_proxy: proxy }, proxy],
    ['https://a.example.com/', { HTTPS_PROXY: '' }, 'direct'],
    ['https://a.example.com/', { https_proxy: '', HTTPS_PROXY: proxy }, proxy],
    ['https://a.example.com/', { https_proxy: proxy, HTTPS_PROXY: 'http://other' }, proxy],
    ['https://a.example.com/', { HTTP_PROXY: proxy }, 'direct'],
    ['http://a.example.com/', { HTTPS_PROXY: proxy }, 'direct'],
    ['https://a.example.com/', { HTTPS_PROXY: 'proxy.example.com:3128' }, proxy],
    ['https://a.example.com/', { HTTPS_PROXY: `${proxy}/` }, proxy],
    ['https://a.example.com/', { HTTPS_PROXY: 'socks5://proxy.example.com:1080' }, 'nowhere'],
    ['https://a.example.com/', { HTTPS_PROXY: 'http://' }, 'nowhere'],
    ['https://a.example.com/', { HTTPS_PROXY: 'http://u:%zz@proxy.example.com' }, 'nowhere'],
  ])('%s with %j: %s', (url, env, expected) => {
    expect(via(url, env)).toBe(expected);
  });

  it.each(['localhost', '127.0.0.1', '127.8.9.10', '[::1]', 'auth.localhost'])(
    'never asks %s through a proxy',
    (host) => {
      expect(via(`http://${host}:8080/`, { HTTP_PROXY: proxy, HTTPS_PROXY: proxy })).toBe('direct');
    },
  );

  it.each([
    ['a.example.com', 'direct'],
    ['example.com', 'direct'],
    ['.example.com', 'direct'],
    ['*.example.com', 'direct'],
    ['EXAMPLE.COM', 'direct'],
    ['*', 'direct'],
    ['b.example.com, a.example.com', 'direct'],
    ['b.example.com a.example.com', 'direct'],
    ['a.example.com:443', 'direct'],
    ['a.example.com:8443', proxy],
    ['ample.com', proxy],
    ['b.a.example.com', proxy],
    ['.', proxy],
    ['', proxy],
    ['com', 'direct'],
  ])('NO_PROXY=%s', (entries, expected) => {
    expect(via('https://a.example.com/', { HTTPS_PROXY: proxy, NO_PROXY: entries })).toBe(expected);
    expect(via('https://a.example.com/', { HTTPS_PROXY: proxy, no_proxy: entries })).toBe(expected);
  });

  it.each([
    ['https://10.1.2.3/', '10.0.0.0/8', 'direct'],
    ['https://11.1.2.3/', '10.0.0.0/8', proxy],
    ['https://10.1.2.3/', '10.1.2.3', 'direct'],
    ['https://10.1.2.3/', '2.3', proxy],
    ['https://10.1.2.3/', '10.0.0.0/99', proxy],
    ['https://10.1.2.3/', '10.0.0/8', proxy],
    ['https://10.1.2.3/', 'fd00::/8', proxy],
    ['https://[fd00::1]/', 'fd00::/8', 'direct'],
    ['https://[fd00::1]/', 'fd00::1', 'direct'],
    ['https://[fd00::1]:8443/', '[fd00::1]:8443', 'direct'],
    ['https://[fd00::1]:8443/', '[fd00::1]:443', proxy],
    ['https://a.example.com/', '10.0.0.0/8', proxy],
  ])('%s with NO_PROXY=%s', (url, entries, expected) => {
    expect(via(url, { HTTPS_PROXY: proxy, NO_PROXY: entries })).toBe(expected);
  });

  it('takes the credentials out of the address', () => {
    const route = routeTo(new URL('https://a.example.com/'), {
      HTTPS_PROXY: 'http://us%40er:p%3Ass@proxy:3128',
    });
    expect(route).toEqual({
      via: 'proxy',
      uri: 'http://proxy:3128',
      authorization: `Basic ${Buffer.from('us@er:p:ss').toString('base64')}`,
    });
  });

  it('names the variable of a broken address, and nothing of its value', () => {
    const route = routeTo(new URL('https://a.example.com/'), { https_proxy: 'ftp://user:hidden@proxy' });
    expect(route).toMatchObject({ via: 'nowhere', variable: 'https_proxy' });
    expect(JSON.stringify(route)).not.toContain('hidden');
  });
});
