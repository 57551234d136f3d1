import type { ErrorBody } from '../../serving/http/error-body.js';

const keyPlace = 'thoracle-key';

/** What the server refused, in its own words. */
export class ReplyError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** The key that a person logged in with, for this tab only. */
export function storedKey(): string | null {
  return sessionStorage.getItem(keyPlace);
}

/** Remembers a key until the tab is closed; null forgets it. */
export function storeKey(key: string | null): void {
  if (key === null) sessionStorage.removeItem(keyPlace);
  else sessionStorage.setItem(keyPlace, key);
}

/**
 * Sends a request with the person's key.
 * @param path from the root of the server: `/studio/api/session`
 * @throws ReplyError with the server's status, code and sentence; status 0 when there was no reply
 */
export async function send(path: string, init: RequestInit = {}): Promise<Response> {
  const key = storedKey();
  const headers = new Headers(init.headers);
  if (key !== null) headers.set('authorization', `Bearer ${key}`);
  let reply: Response;
  try {
    reply = await fetch(path, { ...init, headers });
  } catch (error) {
    if (init.signal?.aborted === true) throw error;
    throw new ReplyError(0, 'NO_REPLY', 'The server does not answer. Is it still running?');
  }
  if (!reply.ok) throw await refusal(reply);
  return reply;
}

/** A reply in JSON; the caller names its type, which the server's code exports. */
export async function ask<T>(path: string, init?: RequestInit): Promise<T> {
  return (await (await send(path, init)).json()) as T;
}

/** Sends a value as JSON. */
export function post<T>(path: string, value: unknown): Promise<T> {
  return ask<T>(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(value),
  });
}

async function refusal(reply: Response): Promise<ReplyError> {
  const text = await reply.text();
  try {
    const { error } = JSON.parse(text) as ErrorBody;
    return new ReplyError(reply.status, error.code, error.message);
  } catch {
    return new ReplyError(reply.status, 'NOT_JSON', `The server answered ${reply.status} ${reply.statusText}`);
  }
}
