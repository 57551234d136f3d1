import { stat } from 'node:fs/promises';
import { ServingError, servingErrors } from '../errors.js';
import type { HookedReply, HookedRequest, ServerExtension } from '../http/extension.js';
import { type ApiKey, callerOfApiKey, looksLikeApiKey, readApiKeys } from './api-keys.js';
import { type Caller, mayUse } from './caller.js';
import { type TokenOptions, tokenVerifier } from './json-web-tokens.js';

/** Who may call. At least one of the two. */
export interface AuthenticationOptions {
  /** A file of API keys, as `createApiKey` writes it; its changes are seen within a second. */
  readonly keyFile?: string;
  readonly tokens?: TokenOptions;
  /** Requests of the cloud's runtime clients are signed, and checked by their own routes. */
  readonly signedRuntime?: boolean;
  /** The clock that expiry is checked against, in milliseconds since 1970 UTC. Default `Date.now`. */
  readonly now?: () => number;
}

/** Authentication that runs: ends its watch of the file of keys with `close`. */
export interface Authentication extends ServerExtension {
  /** Stops looking at the file of keys. */
  close(): void;
}

const lookMs = 500;
/** Checked tokens are remembered for so long, and so many of them. */
const rememberMs = 10_000;
const mostRemembered = 1000;

/**
 * Asks every request but those of open routes who sends it: `Authorization: Bearer KEY` or `X-API-Key: KEY`. Nobody: 401. Somebody
 * without the scope of the route: 403. A route that names no scope is for `admin`.
 * @throws ServingError SERVING_BAD_KEY_FILE, SERVING_BAD_JWKS
 */
export async function authentication(options: AuthenticationOptions): Promise<Authentication> {
  const { keyFile, tokens, signedRuntime = false, now = Date.now } = options;
  const keys = keyFile === undefined ? undefined : await watchedKeys(keyFile);
  const verifyToken = tokens === undefined ? undefined : remembering(await tokenVerifier(tokens), now);
  const identify = (text: string): Caller | Promise<Caller> => {
    if (keys !== undefined && (verifyToken === undefined || looksLikeApiKey(text))) {
      return callerOfApiKey(keys.current(), text, now());
    }
    return verifyToken === undefined ? callerOfApiKey(new Map(), text, now()) : verifyToken(text);
  };
  return {
    name: 'authentication',
    close: () => keys?.close(),
    onRequest: (request, reply) => {
      const { scope = 'admin', protocol } = request.routeOptions.config;
      if (scope === 'open' || request.facts.admitted) return undefined;
      if (signedRuntime && protocol === 'sagemaker-runtime') return undefined;
      const text = credentialOf(request);
      if (text === undefined) throw challenge(reply, unauthenticated());
      try {
        const caller = identify(text);
        if (!(caller instanceof Promise)) return admit(caller, scope, request);
        return caller.then(
          (known) => admit(known, scope, request),
          (error: unknown) => Promise.reject(challenge(reply, error)),
        );
      } catch (error) {
        throw challenge(reply, error);
      }
    },
  };
}

function admit(caller: Caller, scope: NonNullable<Parameters<typeof mayUse>[1]>, request: HookedRequest): undefined {
  request.facts.caller = caller.name;
  request.facts.scopes = caller.scopes;
  // An address that does not exist tells nothing to whoever is known.
  if (request.is404 || mayUse(caller, scope)) return undefined;
  throw new ServingError('SERVING_FORBIDDEN', servingErrors.SERVING_FORBIDDEN(scope, caller.scopes));
}

function challenge(reply: HookedReply, error: unknown): unknown {
  if (!(error instanceof ServingError) || error.code === 'SERVING_FORBIDDEN') return error;
  const invalid = error.code === 'SERVING_BAD_CREDENTIAL' ? ', error="invalid_token"' : '';
  reply.header('www-authenticate', `Bearer realm="thoracle"${invalid}`);
  return error;
}

function unauthenticated(): ServingError {
  return new ServingError('SERVING_UNAUTHENTICATED', servingErrors.SERVING_UNAUTHENTICATED());
}

function credentialOf({ headers }: HookedRequest): string | undefined {
  const key = headers['x-api-key'];
  if (typeof key === 'string' && key !== '') return key;
  return /^bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
}

/** The keys of a file as they are now; a file that cannot be read any more leaves the keys that were known. */
async function watchedKeys(file: string): Promise<{ current(): ReadonlyMap<string, ApiKey>; close(): void }> {
  const byId = (keys: readonly ApiKey[]) => new Map(keys.map((key) => [key.id, key]));
  const stateOf = async () => {
    const { mtimeMs, size, ino } = await stat(file);
    return `${mtimeMs} ${size} ${ino}`;
  };
  let known = byId(await readApiKeys(file));
  let state = await stateOf();
  const look = async () => {
    const found = await stateOf();
    if (found === state) return;
    known = byId(await readApiKeys(file));
    state = found;
  };
  const timer = setInterval(() => void look().catch(() => undefined), lookMs);
  timer.unref();
  return { current: () => known, close: () => clearInterval(timer) };
}

function remembering(
  verify: (token: string) => Promise<Caller>,
  now: () => number,
): (token: string) => Caller | Promise<Caller> {
  const known = new Map<string, { readonly caller: Caller; readonly untilMs: number }>();
  return (token) => {
    const before = known.get(token);
    if (before !== undefined && before.untilMs > now()) return before.caller;
    return verify(token).then((caller) => {
      if (known.size >= mostRemembered) known.clear();
      known.set(token, { caller, untilMs: now() + rememberMs });
      return caller;
    });
  };
}
