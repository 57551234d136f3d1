import { Exchange, type PlannedRequest, requestBytes } from './exchange.js';

/** A load on a server. */
export interface LoadJob {
  readonly url: string;
  /** Sent in turn. */
  readonly requests: readonly PlannedRequest[];
  readonly connections: number;
  readonly seconds: number;
  /** Requests per second, sent when they are due whether or not earlier ones are answered; without it each connection sends its next request at once. */
  readonly rate?: number;
}

/** What a load met. */
export interface LoadResult {
  /** Answers below 400, per second. */
  readonly rate: number;
  readonly answered: number;
  /** Answers from 400 up, lost connections, and what was due but never sent. */
  readonly failed: number;
  /** By status; 0 = the connection was lost. */
  readonly statuses: Readonly<Record<number, number>>;
  /** Milliseconds from when a request was due to the end of its answer. */
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Between two looks at what is due. */
const tickMs = 1;

/**
 * Sends requests for a while and measures their answers. With a `rate` the time of a request counts from the look at the clock that found it due, so a server that stalls
 * is charged for those it kept waiting; the clock is looked at once in a millisecond.
 */
export async function runLoad(job: LoadJob): Promise<LoadResult> {
  const url = new URL(job.url);
  const requests = job.requests.map((request) => requestBytes(url, request));
  const exchanges = Array.from(
    { length: job.connections },
    () => new Exchange(url.hostname.replace(/^\[|\]$/g, ''), Number(url.port || 80)),
  );
  const record = new Measurements();
  const start = performance.now();
  const untilMs = start + job.seconds * 1000;
  try {
    if (job.rate === undefined) await backToBack(exchanges, requests, untilMs, record);
    else await atRate(exchanges, requests, job.rate, start, untilMs, record);
  } finally {
    for (const exchange of exchanges) exchange.close();
  }
  return record.result((performance.now() - start) / 1000);
}

async function backToBack(
  exchanges: readonly Exchange[],
  requests: readonly Buffer[],
  untilMs: number,
  record: Measurements,
): Promise<void> {
  let turn = 0;
  await Promise.all(
    exchanges.map(
      (exchange) =>
        new Promise<void>((resolve) => {
          const next = (): void => {
            const sent = performance.now();
            if (sent >= untilMs) {
              resolve();
              return;
            }
            exchange.send(requests[turn++ % requests.length] as Buffer, (status) => {
              record.add(status, performance.now() - sent);
              // A server that is not there would otherwise be called again without end in one turn of the event loop.
              if (status === 0) setTimeout(next, tickMs);
              else next();
            });
          };
          next();
        }),
    ),
  );
}

async function atRate(
  exchanges: readonly Exchange[],
  requests: readonly Buffer[],
  rate: number,
  start: number,
  untilMs: number,
  record: Measurements,
): Promise<void> {
  const idle = [...exchanges];
  /** When each request was found due that no connection was free for. */
  const due: number[] = [];
  let first = 0;
  let planned = 0;
  let turn = 0;
  const send = (exchange: Exchange, dueMs: number): void => {
    exchange.send(requests[turn++ % requests.length] as Buffer, (status) => {
      record.add(status, performance.now() - dueMs);
      if (first < due.length && performance.now() < untilMs) send(exchange, due[first++] as number);
      else idle.push(exchange);
    });
  };
  await new Promise<void>((resolve) => {
    const tick = (): void => {
      const now = performance.now();
      if (now >= untilMs) {
        if (idle.length === exchanges.length || now > untilMs + lastAnswerMs) resolve();
        else setTimeout(tick, tickMs);
        return;
      }
      for (; planned < ((now - start) / 1000) * rate; planned++) {
        const exchange = idle.pop();
        if (exchange === undefined) due.push(now);
        else send(exchange, now);
      }
      setTimeout(tick, tickMs);
    };
    tick();
  });
  record.unsent(due.length - first);
}

/** How long the answers of the last requests are waited for. */
const lastAnswerMs = 5000;

class Measurements {
  #times = new Float64Array(1 << 14);
  #count = 0;
  #unsent = 0;
  readonly #statuses: { [status: number]: number } = {};

  add(status: number, ms: number): void {
    if (this.#count === this.#times.length) {
      const larger = new Float64Array(this.#times.length * 2);
      larger.set(this.#times);
      this.#times = larger;
    }
    this.#times[this.#count++] = ms;
    this.#statuses[status] = (this.#statuses[status] ?? 0) + 1;
  }

  unsent(count: number): void {
    this.#unsent += count;
  }

  result(seconds: number): LoadResult {
    const times = this.#times.subarray(0, this.#count).sort();
    const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? 0;
    let answered = 0;
    for (const [status, count] of Object.entries(this.#statuses)) {
      if (Number(status) > 0 && Number(status) < 400) answered += count;
    }
    return {
      rate: answered / seconds,
      answered,
      failed: this.#count - answered + this.#unsent,
      statuses: this.#statuses,
      p50Ms: at(0.5),
      p90Ms: at(0.9),
      p99Ms: at(0.99),
      maxMs: at(1),
    };
  }
}
