import type { ReadErrorCode } from '../../model.js';

/** The meaning of an error code for a person, and the fix. */
export interface Words {
  readonly code: ReadErrorCode;
  readonly text: string;
  readonly hint?: string;
}

const tlsTrust = 'Set `tls.ca` to a PEM file with the certificate authority that signed it.';
const clientCertificate = 'Set `tls.cert` and `tls.key` to a client certificate that the server accepts.';
/** The connection ended in the middle of an answer. */
export const brokenOff: Words = {
  code: 'connection',
  text: 'the connection was closed before the answer was complete',
};
const looksDown = 'Is it running, and are the host and the port of the URL right?';

/**
 * Messages for the error codes of Node (https://nodejs.org/api/errors.html), libuv, OpenSSL's verification
 * (https://nodejs.org/api/tls.html#x509-certificate-error-codes) and undici.
 */
export const known: Readonly<Record<string, Words>> = {
  ENOTFOUND: { code: 'dns', text: 'the name does not resolve', hint: 'Check the host name and the DNS.' },
  EAI_AGAIN: {
    code: 'dns',
    text: 'the name could not be looked up for now',
    hint: 'Check the DNS and the network.',
  },
  EAI_FAIL: { code: 'dns', text: 'the name server failed', hint: 'Check the DNS.' },
  EAI_NODATA: { code: 'dns', text: 'the name has no address', hint: 'Check the host name and the DNS.' },
  EAI_NONAME: { code: 'dns', text: 'the name does not resolve', hint: 'Check the host name and the DNS.' },

  ECONNREFUSED: { code: 'connection', text: 'the connection was refused', hint: looksDown },
  ECONNRESET: { code: 'connection', text: 'the connection was reset' },
  ECONNABORTED: { code: 'connection', text: 'the connection was aborted' },
  EPIPE: { code: 'connection', text: 'the connection was closed while the request was being sent' },
  EHOSTUNREACH: { code: 'connection', text: 'there is no route to the host', hint: 'Check the network.' },
  EHOSTDOWN: { code: 'connection', text: 'the host is down', hint: 'Check the network.' },
  ENETUNREACH: { code: 'connection', text: 'the network is unreachable', hint: 'Check the network.' },
  ENETDOWN: { code: 'connection', text: 'the network is down', hint: 'Check the network.' },
  EADDRNOTAVAIL: {
    code: 'connection',
    text: 'no local address or port is free for the connection',
    hint: 'Lower `concurrency`.',
  },
  EMFILE: {
    code: 'connection',
    text: 'too many open files',
    hint: 'Lower `concurrency`, or raise `ulimit -n`.',
  },
  ENFILE: { code: 'connection', text: 'too many open files', hint: 'Lower `concurrency`.' },
  UND_ERR_SOCKET: {
    code: 'connection',
    text: 'the connection was closed without an answer',
    // Since TLS 1.3 a server closes only after the handshake when it misses a client certificate.
    hint: 'Look into its log. Over TLS it may want a client certificate: `tls.cert` and `tls.key`.',
  },
  UND_ERR_DESTROYED: { code: 'connection', text: 'it was given up because the check ended' },
  UND_ERR_CLOSED: { code: 'connection', text: 'it was given up because the check ended' },
  ABORT_ERR: { code: 'connection', text: 'it was given up because the check ended' },
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: brokenOff,
  HPE_INVALID_EOF_STATE: brokenOff,
  UND_ERR_INVALID_ARG: {
    code: 'connection',
    text: 'the request cannot be sent as it is configured',
    hint: 'Check `headers`: connection, content-length, transfer-encoding and upgrade are not yours to set.',
  },
  UND_ERR_NOT_SUPPORTED: {
    code: 'connection',
    text: 'the request cannot be sent as it is configured',
    hint: 'Check `headers`: `expect` is not supported.',
  },
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: {
    code: 'connection',
    text: 'the configured content-length is not the length of the body',
    hint: 'Take `content-length` out of `headers`.',
  },

  ETIMEDOUT: {
    code: 'timeout',
    text: 'the connection timed out',
    hint: 'Check the network and any firewall.',
  },
  UND_ERR_CONNECT_TIMEOUT: {
    code: 'timeout',
    text: 'the connection timed out',
    hint: 'Check the network and any firewall.',
  },
  UND_ERR_HEADERS_TIMEOUT: { code: 'timeout', text: 'no answer came in time' },
  UND_ERR_BODY_TIMEOUT: { code: 'timeout', text: 'the answer was not complete in time' },

  UND_ERR_HEADERS_OVERFLOW: { code: 'too-large', text: 'the header of the answer is too large' },
  UND_ERR_RES_EXCEEDED_MAX_SIZE: { code: 'too-large', text: 'the answer is too large' },

  CERT_HAS_EXPIRED: {
    code: 'tls',
    text: "the server's certificate has expired",
    hint: 'Renew it on the server. If it has been renewed, check the clock of this machine.',
  },
  CERT_NOT_YET_VALID: {
    code: 'tls',
    text: "the server's certificate is not valid yet",
    hint: 'Check the clock of this machine and of the server.',
  },
  CERT_REVOKED: {
    code: 'tls',
    text: "the server's certificate was revoked",
    hint: 'Renew it on the server.',
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: {
    code: 'tls',
    text: "the server's certificate is self-signed",
    hint: 'To trust it, set `tls.ca` to a PEM file with that certificate.',
  },
  SELF_SIGNED_CERT_IN_CHAIN: {
    code: 'tls',
    text: "the server's certificate comes from a certificate authority that is not trusted here",
    hint: tlsTrust,
  },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: {
    code: 'tls',
    text: "the server's certificate comes from a certificate authority that is not trusted here",
    hint: `${tlsTrust} Or the server leaves out an intermediate certificate.`,
  },
  UNABLE_TO_GET_ISSUER_CERT: {
    code: 'tls',
    text: "the issuer of the server's certificate is unknown here",
    hint: tlsTrust,
  },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: {
    code: 'tls',
    text: "the issuer of the server's certificate is unknown here",
    hint: tlsTrust,
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    code: 'tls',
    text: "the server's certificate is for another host name",
    hint: 'Use a name that the certificate covers in the URL, or set `tls.serverName` to one.',
  },
  ERR_SSL_WRONG_VERSION_NUMBER: {
    code: 'tls',
    text: 'the server does not speak TLS there',
    hint: 'Check the port, or whether it speaks plain http.',
  },
  ERR_SSL_PACKET_LENGTH_TOO_LONG: {
    code: 'tls',
    text: 'the server does not speak TLS there',
    hint: 'Check the port, or whether it speaks plain http.',
  },
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: {
    code: 'tls',
    text: 'the server wants a client certificate',
    hint: clientCertificate,
  },
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: {
    code: 'tls',
    text: 'the server refused the TLS handshake',
    hint: `It may want a client certificate. ${clientCertificate}`,
  },
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: {
    code: 'tls',
    text: 'the server refused the client certificate',
    hint: clientCertificate,
  },
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: {
    code: 'tls',
    text: 'the server does not trust the client certificate',
    hint: clientCertificate,
  },
};

/** Families of codes, for codes without a message of their own. */
export const families: readonly (readonly [RegExp, Words])[] = [
  [
    /^HPE_/,
    {
      code: 'invalid-response',
      text: 'the answer is not HTTP',
      hint: 'Check the host and the port of the URL.',
    },
  ],
  [
    /^(CERT_|ERR_TLS_|ERR_SSL_|ERR_OSSL_|CRL_|EPROTO$|UNABLE_TO_|INVALID_CA$|INVALID_PURPOSE$|HOSTNAME_MISMATCH$)/,
    { code: 'tls', text: 'no secure connection came about', hint: 'Check the certificates on both sides.' },
  ],
  [
    /^EAI_/,
    { code: 'dns', text: 'the name could not be looked up', hint: 'Check the host name and the DNS.' },
  ],
];
