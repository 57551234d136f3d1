import { describe, expect, test } from 'vitest';
import { type RequestToVerify, SignatureError, signatureErrors } from './index.js';
import { createSignatureVerifier, type VerifierOptions } from './verify.js';

/** Published test suite of Signature Version 4 (aws-sig-v4-test-suite, Amazon, Apache-2.0): its key, its moment, its service. */
const suite: VerifierOptions = {
  keys: [{ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', access: 'write' }],
  service: 'service',
  now: () => Date.UTC(2015, 7, 30, 12, 36, 0),
};

interface Given {
  readonly method?: string;
  readonly url?: string;
  readonly signed?: string;
  readonly signature?: string;
  readonly scope?: string;
  readonly accessKeyId?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

const vanilla = '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31';

function requestOf(given: Given): RequestToVerify {
  const scope = given.scope ?? '20150830/us-east-1/service/aws4_request';
  const credential = `Credential=${given.accessKeyId ?? 'AKIDEXAMPLE'}/${scope}`;
  const signed = `SignedHeaders=${given.signed ?? 'host;x-amz-date'}`;
  return {
    method: given.method ?? 'GET',
    url: given.url ?? '/',
    headers: {
      host: 'example.amazonaws.com',
      'x-amz-date': '20150830T123600Z',
      authorization: `AWS4-HMAC-SHA256 ${credential}, ${signed}, Signature=${given.signature ?? vanilla}`,
      ...given.headers,
    },
    body: Buffer.from(given.body ?? ''),
  };
}

function refusal(given: Given, options: Partial<VerifierOptions> = {}): SignatureError {
  try {
    createSignatureVerifier({ ...suite, ...options })(requestOf(given));
  } catch (error) {
    if (error instanceof SignatureError) return error;
    throw error;
  }
  throw new Error('the request was accepted');
}

describe('signatures of the published test suite', () => {
  test.each<[string, Given]>([
    ['get-vanilla', {}],
    ['get-vanilla with an empty query', { url: '/?' }],
    ['get-slashes', { url: '//' }],
    ['get-slash-dot-slash', { url: '/./' }],
    ['get-relative-relative', { url: '/example1/example2/../..' }],
    ['post-vanilla', { method: 'POST', signature: '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b' }],
    [
      'get-vanilla-query-order-key-case',
      {
        url: '/?Param2=value2&Param1=value1',
        signature: 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
      },
    ],
    ['get-utf8', { url: '/ሴ', signature: '8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85' }],
    [
      'get-header-value-trim',
      {
        signed: 'host;my-header1;my-header2;x-amz-date',
        headers: { 'my-header1': ' value1 ', 'my-header2': ' "a   b   c" ' },
        signature: 'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
      },
    ],
  ])('%s', (_name, given) => {
    expect(createSignatureVerifier(suite)(requestOf(given))).toEqual({
      accessKeyId: 'AKIDEXAMPLE',
      access: 'write',
      region: 'us-east-1',
    });
  });
});

describe('a changed request is refused', () => {
  test.each<[string, Given]>([
    ['method', { method: 'DELETE' }],
    ['path', { url: '/a' }],
    ['query', { url: '/?a=1' }],
    ['body', { body: '{}' }],
    ['host', { headers: { host: 'other' } }],
    ['time', { headers: { 'x-amz-date': '20150830T123601Z' } }],
    ['region', { scope: '20150830/eu-west-1/service/aws4_request' }],
    ['signature', { signature: `0${vanilla.slice(1)}` }],
    ['service', { scope: '20150830/us-east-1/s3/aws4_request' }],
    [
      'hash of the body',
      { signed: 'host;x-amz-content-sha256;x-amz-date', headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } },
    ],
  ])('%s', (_what, given) =>
    expect(refusal(given)).toMatchObject({ awsName: 'InvalidSignatureException', status: 403 }),
  );

  test('wrong secret', () => {
    const keys = [{ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'another', access: 'write' }] as const;
    expect(refusal({}, { keys }).awsName).toBe('InvalidSignatureException');
    expect(refusal({}, { region: 'eu-west-1' }).awsName).toBe('InvalidSignatureException');
  });
});

describe('what is no signature', () => {
  test.each<[string, Given, keyof typeof signatureErrors, RegExp]>([
    ['nothing', { headers: { authorization: undefined } }, 'MissingAuthenticationToken', /not signed/],
    ['another scheme', { headers: { authorization: 'Bearer x' } }, 'MissingAuthenticationToken', /not signed/],
    ['no parts', { headers: { authorization: 'AWS4-HMAC-SHA256 x' } }, 'IncompleteSignature', /no Signature/],
    ['short signature', { signature: 'ab' }, 'IncompleteSignature', /64 hexadecimal/],
    ['odd scope', { scope: '20150830/us-east-1/service' }, 'IncompleteSignature', /Credential is not/],
    ['host unsigned', { signed: 'x-amz-date' }, 'IncompleteSignature', /"host" is not signed/],
    ['date unsigned', { signed: 'host' }, 'IncompleteSignature', /"x-amz-date" is not signed/],
    [
      'operation unsigned',
      { headers: { 'x-amz-target': 'A.B' } },
      'IncompleteSignature',
      /"x-amz-target" is not signed/,
    ],
    ['signed header absent', { signed: 'host;via;x-amz-date' }, 'IncompleteSignature', /"via" is absent/],
    ['upper-case headers', { signed: 'Host;x-amz-date' }, 'IncompleteSignature', /lower-case/],
    ['no date', { headers: { 'x-amz-date': undefined } }, 'IncompleteSignature', /X-Amz-Date is not/],
    ['a date that is none', { headers: { 'x-amz-date': '20159930T123600Z' } }, 'IncompleteSignature', /X-Amz-Date/],
    [
      'dates differ',
      { scope: '20150831/us-east-1/service/aws4_request' },
      'IncompleteSignature',
      /date of the credential/,
    ],
    ['query not decodable', { url: '/?a=%zz' }, 'IncompleteSignature', /percent-encoded/],
    ['unknown key', { accessKeyId: 'AKIDOTHER' }, 'UnrecognizedClientException', /unknown access key/],
  ])('%s', (_what, given, awsName, message) => {
    const error = refusal(given);
    expect([error.awsName, error.status]).toEqual([awsName, signatureErrors[awsName].status]);
    expect(error.message).toMatch(message);
  });
});

test('a request of more than 15 minutes ago or ahead is refused, one of 15 minutes is not', () => {
  const at = (minutes: number) => ({ now: () => Date.UTC(2015, 7, 30, 12, 36, 0) + minutes * 60_000 });
  for (const minutes of [-15, 15]) {
    expect(createSignatureVerifier({ ...suite, ...at(minutes) })(requestOf({})).accessKeyId).toBe('AKIDEXAMPLE');
  }
  for (const minutes of [-15.02, 15.02, 60 * 24 * 365]) {
    expect(refusal({}, at(minutes))).toMatchObject({ awsName: 'RequestExpired', status: 400 });
  }
  expect(refusal({}, at(16)).message).toMatch(/2015-08-30T12:36:00Z.*2015-08-30T12:52:00.000Z.*15 minutes/);
});

test('a session token is demanded by its key, and refused where none is known', () => {
  const withToken = { signed: 'host;x-amz-date;x-amz-security-token', headers: { 'x-amz-security-token': 'abc' } };
  expect(refusal(withToken).awsName).toBe('UnrecognizedClientException');
  const keys = [{ ...(suite.keys[0] as (typeof suite.keys)[number]), sessionToken: 'abc' }];
  expect(refusal({}, { keys }).message).toMatch(/session token is missing/);
  // the right token gets as far as the signature, which was made without it
  expect(refusal(withToken, { keys }).awsName).toBe('InvalidSignatureException');
});
