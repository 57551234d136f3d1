import { useEffect, useState } from 'preact/hooks';
import { ask, type ReplyError } from '../../session/client.js';

/** What came of one of several questions. */
export type Answered<T> =
  | { readonly path: string; readonly value: T }
  | { readonly path: string; readonly error: ReplyError };

/** Asks several questions at once; undefined until all are answered. */
export function useReplies<T>(paths: readonly string[]): readonly Answered<T>[] | undefined {
  const [held, hold] = useState<{ readonly key: string; readonly answers: readonly Answered<T>[] }>();
  const key = paths.join('\n');
  useEffect(() => {
    const gone = new AbortController();
    const asked = key.split('\n').map((path) =>
      ask<T>(path, { signal: gone.signal }).then(
        (value) => ({ path, value }),
        (error: ReplyError) => ({ path, error }),
      ),
    );
    Promise.all(asked).then((answers) => gone.signal.aborted || hold({ key, answers }));
    return () => gone.abort();
  }, [key]);
  return held?.key === key ? held.answers : undefined;
}
