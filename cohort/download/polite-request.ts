import { setTimeout as sleep } from 'node:timers/promises';
import { CohortError, cohortErrors } from '../errors.js';

/** How a server is asked again. */
export interface Politeness {
  /** Requests for the same thing before it is given up. */
  readonly attempts: number;
  /** First pause, doubled each time; a Retry-After of the server is obeyed instead. */
  readonly pauseMs: number;
  /** A connection that sends nothing for so long is taken for dead. */
  readonly idleMs: number;
}

/** Six attempts, pauses from one second on, a minute of silence. */
export const defaultPoliteness: Politeness = { attempts: 6, pauseMs: 1000, idleMs: 60_000 };

const longestPauseMs = 120_000;
const passing = new Set([408, 425, 429, 500, 502, 503, 504]);

/** A failure after which asking again makes sense. */
export class PassingFailure extends Error {
  override readonly name = 'PassingFailure';

  constructor(
    message: string,
    readonly waitMs?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Milliseconds of a Retry-After header: seconds, or a date (RFC 9110 section 10.2.3). */
export function retryAfterMs(value: string | null, nowMs: number): number | undefined {
  if (value === null) return undefined;
  if (/^\d+$/.test(value.trim())) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

/**
 * Repeats a request that failed in passing, with growing pauses.
 * @throws CohortError COHORT_DOWNLOAD_FAILED when all attempts failed; what `ask` throws otherwise
 */
export async function politely<T>(url: string, politeness: Politeness, ask: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof PassingFailure)) throw error;
      if (attempt >= politeness.attempts) {
        const message = cohortErrors.COHORT_DOWNLOAD_FAILED(url, `${error.message}, ${attempt} times`);
        throw new CohortError('COHORT_DOWNLOAD_FAILED', message, { cause: error });
      }
      await sleep(Math.min(error.waitMs ?? politeness.pauseMs * 2 ** (attempt - 1), longestPauseMs));
    }
  }
}

/** Why a connection failed, in a few words. */
export function connectionReason(error: unknown): string {
  if (error instanceof Error && error.name === 'AbortError') return 'the server fell silent';
  const cause = error instanceof Error ? error.cause : undefined;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code ?? (error as NodeJS.ErrnoException).code;
  return `the connection broke${code === undefined ? '' : ` (${code})`}`;
}

/**
 * One request; its body is still to be read.
 * @throws PassingFailure for broken connections and answers like 429 and 503
 * @throws CohortError COHORT_DOWNLOAD_FAILED for other answers than those wanted
 */
export async function request(url: string, init: RequestInit, wanted: readonly number[]): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (error) {
    throw new PassingFailure(connectionReason(error), undefined, { cause: error });
  }
  if (wanted.includes(response.status)) return response;
  await response.body?.cancel();
  const said = `the server answered ${response.status} ${response.statusText}`.trim();
  if (passing.has(response.status)) {
    throw new PassingFailure(said, retryAfterMs(response.headers.get('retry-after'), Date.now()));
  }
  throw new CohortError('COHORT_DOWNLOAD_FAILED', cohortErrors.COHORT_DOWNLOAD_FAILED(url, said));
}

/** The text of an answer, asked for politely. */
export function requestText(url: string, init: RequestInit, politeness: Politeness): Promise<string> {
  return politely(url, politeness, async () => {
    const signal = AbortSignal.timeout(politeness.idleMs);
    const response = await request(url, { ...init, signal }, [200]);
    try {
      return await response.text();
    } catch (error) {
      throw new PassingFailure(connectionReason(error), undefined, { cause: error });
    }
  });
}
