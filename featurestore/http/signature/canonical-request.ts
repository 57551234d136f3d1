import { signatureError } from './errors.js';

/** What a signature covers. */
export interface RequestToVerify {
  readonly method: string;
  /** Path and query as they stood in the request line: `/FeatureGroup/clinical?FeatureName=a`. */
  readonly url: string;
  /** By lower-case name, as Node gives them. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Empty when the request has none. */
  readonly body: Uint8Array;
}

/**
 * The canonical request of Signature Version 4: method, path encoded once more segment by segment, sorted query, signed headers, their names,
 * SHA-256 of the body.
 * @param signedHeaders lower-case names in the order of the signature
 * @param payloadHash hex
 * @throws SignatureError IncompleteSignature when a signed header is absent or the query cannot be decoded
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function canonicalRequest(
  request: RequestToVerify,
  signedHeaders: readonly string[],
  payloadHash: string,
): string {
  const question = request.url.indexOf('?');
  const path = question < 0 ? request.url : request.url.slice(0, question);
  const query = question < 0 ? '' : request.url.slice(question + 1);
  const headers = signedHeaders.map((name) => `${name}:${headerText(request, name)}`);
  return [
    request.method,
    canonicalPath(path),
    canonicalQuery(query),
    ...headers,
    '',
    signedHeaders.join(';'),
    payloadHash,
  ].join('\n');
}

function headerText({ headers }: RequestToVerify, name: string): string {
  const value = headers[name];
  if (value === undefined) throw signatureError('IncompleteSignature', `the signed header "${name}" is absent`);
  const text = typeof value === 'string' ? value : value.join(',');
  return text.trim().replace(/ +/g, ' ');
}

/** Empty and dot segments fall away (RFC 3986, section 5.2.4), then each is percent-encoded on top of the encoding it came with. */
function canonicalPath(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(percentEncode(segment));
  }
  const end = kept.length > 0 && path.endsWith('/') ? '/' : '';
  return `/${kept.join('/')}${end}`;
}

/** `name=value` pairs, each percent-encoded anew and sorted by name, then by value. */
function canonicalQuery(query: string): string {
  if (query === '') return '';
  const pairs = query.split('&').filter((pair) => pair !== '');
  const encoded = pairs.map((pair): readonly [string, string] => {
    const equals = pair.indexOf('=');
    const name = equals < 0 ? pair : pair.slice(0, equals);
    return [encodeAnew(name), encodeAnew(equals < 0 ? '' : pair.slice(equals + 1))];
  });
  encoded.sort((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]));
  return encoded.map(([name, value]) => `${name}=${value}`).join('&');
}

function encodeAnew(text: string): string {
  try {
    return percentEncode(decodeURIComponent(text));
  } catch {
    throw signatureError('IncompleteSignature', 'the query string is not percent-encoded UTF-8');
  }
}

/** RFC 3986: everything but letters, digits, `-`, `.`, `_`, `~`. */
function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
