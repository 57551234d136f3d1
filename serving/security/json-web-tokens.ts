import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { errors, JSONWebKeySet, JWTPayload } from 'jose';
import { systemReason } from '../../system-reason.js';
import { ServingError, servingErrors } from '../errors.js';
import { type Caller, isGrantedScope } from './caller.js';

/** Which tokens are accepted. */
export interface TokenOptions {
  /** A JSON Web Key Set (RFC 7517) with public keys. */
  readonly jwksFile: string;
  /** Demanded in the claims `iss` and `aud` where given. */
  readonly issuer?: string;
  readonly audience?: string;
}

/** Checks a token. @throws ServingError SERVING_BAD_CREDENTIAL */
export type TokenVerifier = (token: string) => Promise<Caller>;

/** Signatures by public keys only: a shared secret in a key set would let every reader of it make tokens. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const clockToleranceSeconds = 30;

/**
 * Tokens (RFC 7519) that a key of the set has signed. They must expire, name a subject, and list scopes in the claim `scope` (words) or `scp` (words or a list).
 * @throws ServingError SERVING_BAD_JWKS
 */
export async function tokenVerifier({ jwksFile, issuer, audience }: TokenOptions): Promise<TokenVerifier> {
  // Loaded when there are tokens to check: most servers have none.
  const jose = await import('jose');
  const keys = jose.createLocalJWKSet(await readKeySet(jwksFile));
  const demands = {
    algorithms,
    clockTolerance: clockToleranceSeconds,
    requiredClaims: ['exp', 'sub'],
    ...(issuer === undefined ? {} : { issuer }),
    ...(audience === undefined ? {} : { audience }),
  };
  return async (token) => {
    try {
      const { payload } = await jose.jwtVerify(token, keys, demands);
      return { name: `jwt:${payload.sub ?? ''}`, scopes: scopesOf(payload).filter(isGrantedScope) };
    } catch (error) {
      throw new ServingError(
        'SERVING_BAD_CREDENTIAL',
        servingErrors.SERVING_BAD_CREDENTIAL('token', reason(jose.errors, error)),
      );
    }
  };
}

async function readKeySet(file: string): Promise<JSONWebKeySet> {
  const bad = (what: string) =>
    new ServingError('SERVING_BAD_JWKS', servingErrors.SERVING_BAD_JWKS(basename(file), what));
  let document: Partial<JSONWebKeySet>;
  try {
    document = JSON.parse(await readFile(file, 'utf8')) as Partial<JSONWebKeySet>;
  } catch (error) {
    throw bad(error instanceof SyntaxError ? 'it is no JSON' : systemReason(error));
  }
  const keys: unknown = document?.keys;
  if (!Array.isArray(keys) || keys.length === 0) throw bad('it holds no "keys"');
  for (const [i, key] of (keys as JSONWebKeySet['keys']).entries()) {
    if (!['RSA', 'EC', 'OKP'].includes(key?.kty ?? '')) throw bad(`key ${i + 1} is not of kty RSA, EC or OKP`);
    if (key.d !== undefined) throw bad(`key ${i + 1} holds its private part; the server needs the public one only`);
  }
  return document as JSONWebKeySet;
}

function scopesOf({
  scope,
  scp,
}: JWTPayload & { readonly scope?: unknown; readonly scp?: unknown }): readonly unknown[] {
  const words = (claim: unknown) => (typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim : []);
  return [...words(scope), ...words(scp)];
}

function reason(kinds: typeof errors, error: unknown): string {
  if (error instanceof kinds.JWTExpired) return 'it has expired';
  if (error instanceof kinds.JWTClaimValidationFailed)
    return `its claim "${error.claim}" is missing or not as expected`;
  if (error instanceof kinds.JWKSNoMatchingKey) return 'no key of the key set has signed it';
  if (error instanceof kinds.JWSSignatureVerificationFailed) return 'its signature does not match';
  if (error instanceof kinds.JOSEAlgNotAllowed) return 'it is signed by a method that is not allowed';
  return 'it is no signed JSON Web Token';
}
