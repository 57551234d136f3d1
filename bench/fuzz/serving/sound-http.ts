import fc, { type Arbitrary } from 'fast-check';
import { archiveNames } from './archives.js';
import { apiKeys, signedHeaders, soundToken } from './credentials.js';
import { csvBodies, encodedBodies, jsonBodies, tensorBodies } from './payloads.js';
import { atOnce, framed, type HeaderLines, type WireRequest } from './wire.js';

const predict: HeaderLines = [['authorization', `Bearer ${apiKeys.predict.secret}`]];
const admin: HeaderLines = [['x-api-key', apiKeys.admin.secret]];
const refused = { end: 'wait' } as const;
const generated = { end: 'wait', mayAnswer: true } as const;

const target = fc.constantFrom('/invocations', '/predict', '/explain', '/models/model/invoke', '/models/other/invoke');
const jsonType = fc.constantFrom('application/json', 'application/jsonlines', 'application/json; charset=utf-8');
const accept = fc.oneof(
  { weight: 5, arbitrary: fc.constant('') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('*/*', 'text/csv', 'application/*;q=0.5', 'a/b', 'text/csv;q=9', ',,;q', '*', '\u00e9'),
  },
);

/** Bodies of rows in well-formed requests of somebody who may ask. */
export const rowBodies: Arbitrary<WireRequest> = fc
  .tuple(
    fc.oneof(
      fc.tuple(target, jsonType, jsonBodies),
      fc.tuple(fc.constantFrom('/invocations', '/models/other/invoke'), fc.constant('text/csv'), csvBodies),
    ),
    accept,
  )
  .map(([[path, type, body], wish]) => {
    const headers: HeaderLines = [
      ...predict,
      ['content-type', type],
      ...(wish === '' ? [] : [['accept', wish] as const]),
    ];
    return atOnce('rows', framed('POST', path, headers, body), generated);
  });

/** Tensors. */
export const tensors: Arbitrary<WireRequest> = fc
  .tuple(
    fc.constantFrom('/v2/models/model/infer', '/v2/models/other/infer', '/v2/models/model/versions/9/infer'),
    tensorBodies,
    fc.constantFrom<HeaderLines>(
      [],
      [['content-type', 'application/json']],
      [['content-type', 'application/json; charset=utf-8']],
      [['inference-header-content-length', '10']],
    ),
  )
  .map(([path, body, more]) => atOnce('tensors', framed('POST', path, [...predict, ...more], body), generated));

/** Content types, encodings and charsets that do not go with the bytes. */
export const encodings: Arbitrary<WireRequest> = fc
  .tuple(
    target,
    encodedBodies,
    fc.oneof(
      { weight: 2, arbitrary: fc.constantFrom('text/csv', 'application/json', 'application/jsonlines') },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          'text/csv; charset=utf-16',
          'text/csv; header=maybe',
          'multipart/form-data; boundary=x',
          '',
          ';;;',
          'a'.repeat(500),
          'application/json; charset="\\"',
        ),
      },
    ),
    fc.oneof(
      { weight: 2, arbitrary: fc.constant('') },
      { weight: 1, arbitrary: fc.constantFrom('gzip', 'identity', 'br, gzip', 'x'.repeat(300), '\u00ff') },
    ),
  )
  .map(([path, body, type, encoding]) => {
    const headers: HeaderLines = [
      ...predict,
      ['content-type', type],
      ...(encoding === '' ? [] : [['content-encoding', encoding] as const]),
    ];
    return atOnce('encodings', framed('POST', path, headers, body), generated);
  });

const segment = fc.oneof(
  fc.constantFrom(
    '..',
    '.',
    '%2e%2e',
    '%2e%2e%2f',
    '..%2f..%2fetc%2fpasswd',
    '%00',
    '%',
    '%zz',
    '%c0%ae',
    '%ff',
    '',
    ' ',
    '\\',
    '..;',
    '%252e',
    'model',
    'other',
    'a'.repeat(3000),
    '\u00e9',
    '$(id)',
    '{{7}}',
    "'",
    '__proto__',
    'constructor',
  ),
  fc.stringMatching(/^[!-~]{1,20}$/),
);
const folder = fc.constantFrom(
  '/models/',
  '/v2/models/',
  '/v2/repository/models/',
  '/endpoints/',
  '/docs/',
  '/docs/static/',
  '/',
  '/openapi.json/',
  '/metrics/',
  '//',
);

/** Addresses that lead out, cannot be decoded, or are there for another method. The caller may not unload the models that are needed. */
export const addresses: Arbitrary<WireRequest> = fc
  .tuple(
    fc.constantFrom(
      'GET',
      'POST',
      'PUT',
      'DELETE',
      'PATCH',
      'OPTIONS',
      'TRACE',
      'HEAD',
      'PROPFIND',
      'LINK',
      'PURGE',
      'CONNECT',
      'QUERY',
    ),
    folder,
    fc.array(segment, { maxLength: 4 }),
    fc.constantFrom(
      '',
      '/invoke',
      '/infer',
      '/ready',
      '/load',
      '/card',
      '/invocations',
      '?a=%zz',
      '?limit=-1&next_page_token=%ff',
      '?__proto__[a]=1',
      '#x',
    ),
  )
  .map(([method, root, parts, rest]) =>
    atOnce('addresses', framed(method, `${root}${parts.join('/')}${rest}`.replaceAll(' ', '+'), predict), generated),
  );

const loadName = fc.constantFrom(
  'bomb-of-mine',
  'x',
  '..',
  'a/b',
  '',
  'model',
  '__proto__',
  'a'.repeat(300),
  '/etc',
  'a\u0000b',
);
const place = fc.oneof(
  fc.constantFrom(...archiveNames.filter((name) => name !== 'bomb').map((name) => `${name}.tar.gz`)),
  fc.constantFrom(
    '../../../etc',
    '/etc/passwd',
    'file:///etc/passwd',
    'http://127.0.0.1:1/x',
    's3://bucket/key',
    'other/../..',
    'other/manifest.json',
    '\u0000',
    '',
    'nul',
    '.',
    'file:',
    'file://host/x',
    'a'.repeat(5000),
  ),
  fc.string(),
);

/** Models that must not be loaded, asked for by somebody who may load. */
export const loads: Arbitrary<WireRequest> = fc
  .oneof(
    fc.tuple(loadName, place).map(([name, url]) => ['/models', JSON.stringify({ model_name: name, url })] as const),
    jsonBodies.map((body) => ['/models', body] as const),
    fc
      .tuple(
        fc.constantFrom(...archiveNames.filter((name) => name !== 'bomb')),
        fc.constantFrom('', '{}', '{"parameters":{"config":"{}"}}', '['),
      )
      .map(([name, body]) => [`/v2/repository/models/${name}/load`, body] as const),
  )
  .map(([path, body]) =>
    atOnce('loads', framed('POST', path, [...admin, ['content-type', 'application/json']], body), refused),
  );

/** The archive that unpacks to 600 MB. */
export const bombs: Arbitrary<WireRequest> = fc
  .constantFrom('/models', '/v2/repository/models/bomb/load')
  .map((path) => {
    const body = path === '/models' ? '{"model_name":"bomb","url":"bomb.tar.gz"}' : '';
    return atOnce(
      'archive bomb',
      framed('POST', path, [...admin, ['content-type', 'application/json']], body),
      refused,
    );
  });

/** Signatures of the cloud's clients, damaged; behind a sound one, a body that is none. */
export const signatures: Arbitrary<WireRequest> = fc
  .tuple(fc.nat(9), fc.string({ unit: 'binary-ascii', maxLength: 60 }), fc.oneof(jsonBodies, csvBodies))
  .map(([what, text, body]) => {
    const path = '/endpoints/model/invocations';
    const sound = signedHeaders(path, Buffer.from(body));
    const printable = text.replace(/[^ -~]/g, '');
    const [date, authorization] = sound.map(([, value]) => value) as [string, string];
    const variants: readonly HeaderLines[] = [
      sound,
      [['authorization', `AWS4-HMAC-SHA256 ${printable}`]],
      [
        ['x-amz-date', printable],
        ['authorization', authorization],
      ],
      [
        ['x-amz-date', date],
        ['authorization', authorization.replace(/Signature=./, 'Signature=z')],
      ],
      [
        ['x-amz-date', date],
        ['authorization', authorization.replace('host;', `${printable};`)],
      ],
      [
        ['x-amz-date', date],
        ['authorization', authorization.replace('FUZZKEYID', `${printable}/`)],
      ],
      [
        ['x-amz-date', '99999999T999999Z'],
        ['authorization', authorization],
      ],
      [
        ['x-amz-date', date],
        ['authorization', authorization.slice(0, printable.length * 3)],
      ],
      [
        ['x-amz-date', date],
        ['authorization', `${authorization}${', SignedHeaders=host'.repeat(200)}`],
      ],
      [
        ['x-amz-date', date],
        ['x-amz-security-token', printable],
        ['authorization', authorization.toLowerCase()],
      ],
    ];
    const headers: HeaderLines = [
      ...(variants[what] as HeaderLines),
      ['content-type', what % 2 ? 'text/csv' : 'application/json'],
    ];
    return atOnce('signatures', framed('POST', path, headers, body), { end: 'wait', mayAnswer: what === 0 });
  });

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const claims = { sub: 'fuzz', exp: 4102444800, scope: 'admin' };

/** Tokens and keys that were not given out: other algorithms, damaged, without an end, of the wrong kind. */
export function credentials(token: string): Arbitrary<WireRequest> {
  const [head = '', body = '', signature = ''] = token.split('.');
  const forged = fc.constantFrom(
    `${base64({ alg: 'none' })}.${base64(claims)}.`,
    `${base64({ alg: 'None', typ: 'JWT' })}.${base64(claims)}.${signature}`,
    `${base64({ alg: 'HS256', kid: 'fuzz' })}.${base64(claims)}.${signature}`,
    `${base64({ alg: 'ES256', kid: '../../../etc/passwd' })}.${base64(claims)}.${signature}`,
    `${base64({ alg: 'ES256', kid: 'fuzz', jku: 'http://127.0.0.1:1/jwks', crit: ['b64'], b64: false })}.${body}.${signature}`,
    `${base64({ alg: 'ES256', kid: 'fuzz', jwk: { kty: 'oct', k: 'AA' } })}.${body}.${signature}`,
    `${head}.${base64(claims)}.${signature}`,
    `${head}.${body}.`,
    `${head}..${signature}`,
    `${head}.${body}.${signature}.${signature}.${signature}`,
    `${head}.${'A'.repeat(12_000)}.${signature}`,
    `${base64('x')}.${base64(null)}.${signature}`,
    '..',
    apiKeys.admin.secret.replace('A', 'B'),
    apiKeys.admin.secret.slice(0, -1),
    `thk_${'0'.repeat(12)}_${'A'.repeat(43)}`,
    `${apiKeys.admin.secret} ${apiKeys.admin.secret}`,
  );
  const wrong = fc.oneof(forged, fc.stringMatching(/^[!-~]{1,100}$/));
  return fc
    .tuple(
      fc.constantFrom('authorization', 'x-api-key', 'cookie'),
      fc.constantFrom('Bearer ', 'bearer  ', 'Basic ', 'Bearer\t', ''),
      wrong,
    )
    .map(([name, scheme, text]) =>
      atOnce(
        'credentials',
        framed(
          'POST',
          '/invocations',
          [
            [name, `${name === 'authorization' ? scheme : ''}${text}`],
            ['content-type', 'text/csv'],
          ],
          'Age\n60\n',
        ),
        refused,
      ),
    );
}

/** The token that the forgeries are made of. */
export const tokenForForgeries = soundToken;
