import { useEffect, useRef, useState } from 'preact/hooks';
import { ask, type ReplyError } from './client.js';

/** A reply on its way, here, or refused. */
export type Waiting<T> =
  | { readonly state: 'waiting' }
  | { readonly state: 'here'; readonly value: T }
  | { readonly state: 'refused'; readonly error: ReplyError };

/**
 * Asks once for each path; a later path makes an earlier reply void.
 * @param path undefined: nothing is asked yet
 * @param turn another number asks the same path again; until then the reply before stays
 */
export function useReply<T>(path: string | undefined, turn = 0): Waiting<T> {
  const [held, hold] = useState<Waiting<T>>({ state: 'waiting' });
  const asked = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (path === undefined) return undefined;
    const gone = new AbortController();
    if (asked.current !== path) hold({ state: 'waiting' });
    asked.current = path;
    ask<T>(path, { signal: gone.signal }).then(
      (value) => gone.signal.aborted || hold({ state: 'here', value }),
      (error: ReplyError) => gone.signal.aborted || hold({ state: 'refused', error }),
    );
    return () => gone.abort();
  }, [path, turn]);
  return held;
}
