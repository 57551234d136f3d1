import fc, { type Arbitrary } from 'fast-check';
import { apiKeys } from './credentials.js';
import { atOnce, type WireRequest } from './wire.js';

const key = `x-api-key: ${apiKeys.predict.secret}\r\n`;
const row = 'Age\r\n60\r\n';
/** What must never be answered: it stands in a body, for a server that takes it for a request of its own. */
const hidden = 'GET /ping HTTP/1.1\r\nhost: hidden\r\n\r\n';
const start = `POST /invocations HTTP/1.1\r\nhost: fuzz\r\n${key}content-type: text/csv\r\n`;
const noise = fc.uint8Array({ minLength: 1, maxLength: 200 }).map((bytes) => Buffer.from(bytes));
const text = (bytes: Buffer) => bytes.toString('latin1');
const end = fc.constantFrom('close', 'wait', 'cut') satisfies Arbitrary<WireRequest['end']>;
const request = (kind: string, bytes: Arbitrary<string>, options: Parameters<typeof atOnce>[2] = {}) =>
  fc.tuple(bytes, end).map(([sent, how]) => atOnce(kind, sent, { end: how, ...options }));

/** Request lines that are none. HTTP/0.9 has no headers and 1.0 is old; both may be answered where the rest is sound. */
export const requestLines = request(
  'request line',
  fc.oneof(
    noise.map((bytes) => `${text(bytes)}\r\n\r\n`),
    fc
      .tuple(
        fc.constantFrom('GET', 'get', 'G ET', 'GET\0', '', 'POST', 'M-SEARCH', 'X'.repeat(300), '\u0016\u0003\u0001'),
        fc.constantFrom('/ping', '', ' ', '/pi ng', '/ping\0', '*', 'ping', '/\u00ff\u00fe', `/${'a'.repeat(70_000)}`),
        fc.constantFrom('HTTP/9.9', 'HTTP/2.0', 'HTTP/1', 'HTTP/1.1.1', 'HTCPCP/1.0', 'http/1.1', '', 'HTTP/1.1\0'),
      )
      .map((parts) => `${parts.join(' ')}\r\nhost: fuzz\r\n\r\n`),
    fc.constantFrom('\r\n'.repeat(500), 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', '\0'.repeat(1000), 'GET /ping\r\n\r\n'),
  ),
  // The method lines above are never whole; the last arm of noise may by chance be empty lines.
  { mayAnswer: false },
);

/** Lengths that contradict each other: each of them has made some server and some proxy disagree about where a request ends. */
export const smuggling = request(
  'smuggling',
  fc
    .constantFrom(
      ['content-length: 5', 'transfer-encoding: chunked'],
      ['transfer-encoding: chunked', 'content-length: 5'],
      ['content-length: 9', 'content-length: 8'],
      ['content-length: 9, 8'],
      ['content-length: +9'],
      ['content-length: -9'],
      ['content-length: 0x9'],
      ['content-length: 9 9'],
      ['content-length: 9e0'],
      ['content-length: 18446744073709551625'],
      ['content-length: 99999999999999999999999999'],
      ['content-length : 9'],
      ['content-length:\u000b9'],
      ['transfer-encoding: xchunked'],
      ['transfer-encoding: identity'],
      ['transfer-encoding: chunked, identity'],
      ['transfer-encoding: chunked', 'transfer-encoding: identity'],
      ['transfer-encoding : chunked'],
      ['transfer-encoding: \u000bchunked'],
      ['x: y\n transfer-encoding: chunked'],
      ['x: y', ' transfer-encoding: chunked'],
      ['x: y\r', 'content-length: 9\0'],
    )
    .chain((lines) =>
      fc.constantFrom(`0\r\n\r\n${hidden}`, `${row}${hidden}`, `3\r\nAge\r\n0\r\n\r\n${hidden}`).map((body) => {
        return `${start}${lines.join('\r\n')}\r\n\r\n${body}`;
      }),
    ),
);

const name = fc.constantFrom(
  'x-a',
  '',
  ' ',
  'x a',
  'x\0a',
  'x:a',
  '\u00e9',
  'content-type',
  'host',
  '(x)',
  'x\u007f',
  'x\ta',
);
const value = fc.oneof(
  fc.constantFrom('a\0b', 'a\u0001b', 'a\nb', 'a\rb', '\r\n folded', '\u007f', 'a\u000bb'),
  noise.map((bytes) => text(bytes).replaceAll('\r\n', '')),
);

/** Headers that are none: control characters, folded lines, no names, no colon. */
export const headerLines = request(
  'header line',
  fc
    .array(
      fc.oneof(
        fc.tuple(name, value).map(([n, v]) => `${n}: ${v}`),
        noise.map(text),
      ),
      { minLength: 1, maxLength: 5 },
    )
    .map((lines) => `${start}${lines.join('\r\n')}\r\ncontent-length: 9\r\n\r\n${row}`),
  // A line of noise may by chance be a header that is allowed.
  { mayAnswer: true },
);

/** Too much of what is allowed. */
export const largeHeaders = request(
  'large header',
  fc
    .tuple(
      fc.constantFrom('x-a', 'cookie', 'authorization', 'x-api-key', 'content-type', 'accept'),
      fc.integer({ min: 17_000, max: 200_000 }),
    )
    .chain(([n, size]) =>
      fc.constantFrom(
        `${start}${n}: ${'a'.repeat(size)}\r\n\r\n`,
        `${start}${`${n}: a\r\n`.repeat(size / 10)}\r\n`,
        `${start}${'a'.repeat(size)}: b\r\n\r\n`,
        `GET /${'a'.repeat(size)} HTTP/1.1\r\nhost: fuzz\r\n\r\n`,
        `GET /ping?${'a=b&'.repeat(size / 4)} HTTP/1.1\r\nhost: fuzz\r\n\r\n`,
      ),
    ),
);

const size = fc.constantFrom(
  '3',
  'g',
  '-1',
  '0x3',
  '',
  'ffffffffffffffff',
  'fffffffffffffffff',
  '7fffffff',
  '3 ',
  '+3',
  '3.0',
  '\0',
);
const extension = fc.constantFrom('', ';a=b', ';', `;${'x'.repeat(20_000)}`, ';\0', ';a="b');
const lineEnd = fc.constantFrom('\r\n', '\n', '', '\r', '\0');

/** Chunks with sizes, extensions, line ends and trailers that are none; one of the combinations may be sound. */
export const chunks = request(
  'chunks',
  fc
    .tuple(
      fc.array(fc.tuple(size, extension, lineEnd, lineEnd), { minLength: 1, maxLength: 4 }),
      fc.constantFrom(
        '',
        '0\r\n\r\n',
        '0\r\nx: y\0\r\n\r\n',
        '0\r\n: \r\n\r\n',
        `0\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`,
      ),
    )
    .map(
      ([parts, last]) =>
        `${start}transfer-encoding: chunked\r\n\r\n${parts.map(([s, e, a, b]) => `${s}${e}${a}Age${b}`).join('')}${last}`,
    ),
  { mayAnswer: true },
);

/** Bodies that are longer or shorter than their stated length. */
export const lengths = request(
  'length',
  fc
    .tuple(
      fc.constantFrom('0', '1', '10', '11', '500', '7000000', '4294967296'),
      fc.constantFrom('', 'A', row, row + hidden, `${row}\0\0\0`),
    )
    .map(([stated, body]) => `${start}content-length: ${stated}\r\n\r\n${body}`),
  // Behind a length of 0 or 1 there is a rest, which is another request where it reads as one; `hidden` asks for a route that is open.
  { mayAnswer: true, mostReplies: 2 },
);

/** Several requests at once, sound and broken ones. */
export const pipelines = fc
  .tuple(
    fc.array(
      fc.constantFrom(
        'GET /ping HTTP/1.1\r\nhost: fuzz\r\n\r\n',
        `${start}content-length: 9\r\n\r\n${row}`,
        `${start}content-length: 3\r\n\r\nAge`,
        'GET /nowhere HTTP/1.1\r\nhost: fuzz\r\n\r\n',
        `HEAD /ping HTTP/1.1\r\nhost: fuzz\r\n\r\n`,
        'GET /ping HTTP/1.1\r\nhost: fuzz\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n',
        'GET /ping HTTP/1.1\r\nhost: fuzz\r\nexpect: 100-continue\r\n\r\n',
        'GET /ping HTTP/1.1\r\nhost: fuzz\r\nexpect: 200-maybe\r\n\r\n',
        'GET /ping HTTP/1.1\r\n\r\n',
        'no HTTP\r\n\r\n',
      ),
      { minLength: 2, maxLength: 20 },
    ),
    end,
  )
  .map(([parts, how]) =>
    atOnce('pipeline', parts.join(''), { end: how, mayAnswer: true, mostReplies: parts.length + 1 }),
  );

/** A sound request of which one piece is left out, doubled or changed. */
export const damaged = fc
  .tuple(noise, fc.nat(1000), fc.nat(40), fc.nat(3), end)
  .map(([bytes, place, length, what, how]) => {
    const whole = Buffer.from(`${start}content-length: 9\r\n\r\n${row}`);
    const at = place % whole.length;
    const [before, piece, after] = [
      whole.subarray(0, at),
      whole.subarray(at, at + length),
      whole.subarray(at + length),
    ];
    const middle = [[], [piece, piece], [bytes], [bytes, piece]][what] ?? [];
    return atOnce('damaged request', Buffer.concat([before, ...middle, after]), {
      end: how,
      mayAnswer: true,
      mostReplies: 2,
    });
  });

/** Clients that take their time: headers, bodies or chunks that come byte by byte, or never end. What comes may be whole, and its rest broken. */
export const slow = fc
  .tuple(
    fc.constantFrom(
      '',
      'P',
      start,
      `${start}content-length: 500\r\n\r\n`,
      `${start}content-length: 500\r\n\r\nAge\n`,
      `${start}transfer-encoding: chunked\r\n\r\n3\r\nAge\r\n`,
      `${start}expect: 100-continue\r\ncontent-length: 500\r\n\r\n`,
    ),
    fc.constantFrom('x', '1', '\r\n', 'a: b\r\n', '1\r\n1\r\n'),
    fc.integer({ min: 20, max: 400 }),
  )
  .map(([first, drop, pauseMs]): WireRequest => {
    const drops = Array.from({ length: Math.ceil(5000 / pauseMs) }, () => ({
      bytes: Buffer.from(drop),
      afterMs: pauseMs,
    }));
    const steps = [{ bytes: Buffer.from(first), afterMs: 0 }, ...drops];
    return { kind: 'slow client', steps, end: 'wait', mayAnswer: true, mostReplies: 2 };
  });
