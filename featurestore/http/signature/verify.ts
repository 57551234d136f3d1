import { hash, timingSafeEqual } from 'node:crypto';
import type { AccessKey } from './access-keys.js';
import { type Authorization, parseAuthorization } from './authorization.js';
import { canonicalRequest, type RequestToVerify } from './canonical-request.js';
import { signatureError } from './errors.js';
import { scopeText, signatureOf, signingKey } from './signing-key.js';

/** Who may call, and what a signature must be scoped to. */
export interface VerifierOptions {
  readonly keys: readonly AccessKey[];
  /** The service's name in the credential scope; `sagemaker` for the feature store's and the model endpoint's clients. */
  readonly service: string;
  /** Only this region; any when absent. */
  readonly region?: string;
  /** Milliseconds since 1970 UTC; default `Date.now`. */
  readonly now?: () => number;
}

/** Who signed. */
export interface Caller {
  readonly accessKeyId: string;
  readonly access: AccessKey['access'];
  /** The region that the client believes to talk to. */
  readonly region: string;
}

/** How far the clock of a client may be from the server's, both ways; a request older than this is a replay. */
export const clockSkewMinutes = 15;
const mostDerivedKeys = 1000;

/** Checks signed requests; see {@link createSignatureVerifier}. */
export type SignatureVerifier = (request: RequestToVerify) => Caller;

/**
 * Checks AWS Signature Version 4 (header form, HMAC-SHA256) on the server's side. The body is hashed here: what a client says about its
 * hash is compared, never believed. A key with a session token demands that very token; any other token is refused.
 * @returns a function that gives the caller. It throws SignatureError MissingAuthenticationToken, IncompleteSignature,
 * UnrecognizedClientException, RequestExpired or InvalidSignatureException
 */
export function createSignatureVerifier(options: VerifierOptions): SignatureVerifier {
  const keys = new Map(options.keys.map((key) => [key.accessKeyId, key]));
  const derived = new Map<string, Buffer>();
  const now = options.now ?? Date.now;
  const derivedKey = (key: AccessKey, { scope }: Authorization): Buffer => {
    const name = `${key.accessKeyId} ${scopeText(scope)}`;
    const known = derived.get(name);
    if (known !== undefined) return known;
    // scopes are chosen by clients: their number must not grow without end
    if (derived.size >= mostDerivedKeys) derived.clear();
    const made = signingKey(key.secretAccessKey, scope);
    derived.set(name, made);
    return made;
  };
  return (request) => {
    const authorization = parseAuthorization(single(request, 'authorization'));
    checkScope(authorization, options);
    checkSignedHeaders(request, authorization);
    const amzDate = single(request, 'x-amz-date') ?? '';
    checkDate(amzDate, authorization, now());
    const key = keys.get(authorization.accessKeyId);
    if (key === undefined) throw signatureError('UnrecognizedClientException', 'unknown access key id');
    checkSessionToken(request, key);
    const payloadHash = checkedPayloadHash(request);
    const canonical = canonicalRequest(request, authorization.signedHeaders, payloadHash);
    const { scope, signature } = authorization;
    const expected = signatureOf(derivedKey(key, authorization), amzDate, scope, hash('sha256', canonical));
    if (!equalTexts(expected, signature)) throw signatureError('InvalidSignatureException', 'they differ');
    return { accessKeyId: key.accessKeyId, access: key.access, region: scope.region };
  };
}

function single({ headers }: RequestToVerify, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : value?.join(',');
}

function checkScope({ scope }: Authorization, { service, region }: VerifierOptions): void {
  if (scope.service !== service) {
    throw signatureError('InvalidSignatureException', `the credential is scoped to a service other than "${service}"`);
  }
  if (region !== undefined && scope.region !== region) {
    throw signatureError('InvalidSignatureException', `the credential is scoped to a region other than "${region}"`);
  }
}

/** What decides about the request must be under the signature: host, date and every `x-amz-` header, such as the operation's name. */
function checkSignedHeaders(request: RequestToVerify, { signedHeaders }: Authorization): void {
  const signed = new Set(signedHeaders);
  const demanded = ['host', 'x-amz-date', ...Object.keys(request.headers).filter((name) => name.startsWith('x-amz-'))];
  for (const name of demanded) {
    if (!signed.has(name)) throw signatureError('IncompleteSignature', `the header "${name}" is not signed`);
  }
}

function checkDate(amzDate: string, { scope }: Authorization, nowMs: number): void {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(amzDate);
  if (parts === null) throw signatureError('IncompleteSignature', 'X-Amz-Date is not YYYYMMDDTHHMMSSZ');
  const [, year, month, day, hour, minute, second] = parts;
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
  const signedMs = Date.parse(iso);
  if (Number.isNaN(signedMs)) throw signatureError('IncompleteSignature', 'X-Amz-Date is not YYYYMMDDTHHMMSSZ');
  if (!amzDate.startsWith(scope.date)) {
    throw signatureError('IncompleteSignature', 'the date of the credential is not the date of X-Amz-Date');
  }
  if (Math.abs(nowMs - signedMs) > clockSkewMinutes * 60_000) {
    throw signatureError('RequestExpired', iso, new Date(nowMs).toISOString(), clockSkewMinutes);
  }
}

function checkSessionToken(request: RequestToVerify, key: AccessKey): void {
  const token = single(request, 'x-amz-security-token');
  if (token === undefined && key.sessionToken === undefined) return;
  if (token !== undefined && key.sessionToken !== undefined && equalTexts(token, key.sessionToken)) return;
  const what = token === undefined ? 'the session token is missing' : 'the session token is not the key’s';
  throw signatureError('UnrecognizedClientException', what);
}

function checkedPayloadHash(request: RequestToVerify): string {
  const found = hash('sha256', request.body);
  const said = single(request, 'x-amz-content-sha256');
  if (said !== undefined && said !== found) {
    throw signatureError('InvalidSignatureException', 'X-Amz-Content-Sha256 is not the hash of the body');
  }
  return found;
}

/** Takes the same time wherever the texts differ. */
function equalTexts(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
