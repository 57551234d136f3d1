import type { LoadResult } from '../../cli/load/run-load.js';

/** Load for the time between two promotions, and how long it took until the promoted version answered. */
export interface SoakRound {
  readonly load: LoadResult;
  readonly swapMs: number;
}

/** What was seen. */
export interface SoakFacts {
  /** Requests per second without a pause. */
  readonly capacity: number;
  /** Requests per second that were sent. */
  readonly rate: number;
  /** Before the soak. */
  readonly before: readonly LoadResult[];
  readonly rounds: readonly SoakRound[];
  /** One sample a second. */
  readonly megabytes: readonly number[];
  /** Answers that the server counts. */
  readonly counted: number;
  /** Entries of its audit log. */
  readonly audited: number;
  readonly tornLines: number;
}

/** A soak in figures, and whether it was passed. */
export interface SoakResult {
  readonly capacity: number;
  readonly rate: number;
  readonly answered: number;
  /** Answers from 400 up. */
  readonly refused: number;
  /** Connections that were lost before the answer. */
  readonly lost: number;
  /** Requests that were due and not sent before their round ended: the load, not the server, was late, or the server was too slow. */
  readonly unsent: number;
  /** The worst of all rounds. */
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly swaps: number;
  /** From the promotion to the first answer of the version. */
  readonly slowestSwapMs: number;
  /** Means of the thirds of the time, and the most. */
  readonly megabytes: { readonly thirds: readonly number[]; readonly most: number };
  readonly counted: number;
  readonly audited: number;
  /** What had to hold, and whether it did. */
  readonly verdict: Readonly<Record<string, boolean>>;
  readonly passed: boolean;
}

/** Memory of the last third may be so much above that of the middle one. */
const mostGrowth = 1.05;
/** Requests that the load was late with, of all. */
const mostUnsent = 0.001;

/** Judges what was seen. */
export function verdictOf(facts: SoakFacts): SoakResult {
  const { capacity, rate, before, rounds, megabytes, counted, audited, tornLines } = facts;
  const loads = rounds.map(({ load }) => load);
  const answered = sumOf(loads, (load) => load.answered);
  const lost = sumOf(loads, ({ statuses }) => statuses[0] ?? 0);
  const refused = sumOf(loads, refusedBy);
  const unsent = sumOf(loads, (load) => load.failed) - lost - refused;
  const thirds = [0, 1, 2].map((third) =>
    mean(megabytes.slice((third * megabytes.length) / 3, ((third + 1) * megabytes.length) / 3)),
  );
  const all = answered + sumOf(before, (load) => load.answered);
  const verdict = {
    'no request was refused or lost': refused === 0 && lost === 0,
    'the rate was kept': unsent <= mostUnsent * answered,
    'memory is flat: the last third within 5 % of the middle one':
      (thirds[2] as number) <= mostGrowth * (thirds[1] as number),
    'the server counts every answer that the client has': counted === all,
    'the audit log verifies and holds every answer': tornLines === 0 && audited >= all,
  };
  return {
    capacity: Math.round(capacity),
    rate,
    answered,
    refused,
    lost,
    unsent,
    p99Ms: Math.max(...loads.map(({ p99Ms }) => p99Ms)),
    maxMs: Math.max(...loads.map(({ maxMs }) => maxMs)),
    swaps: rounds.length,
    slowestSwapMs: Math.max(...rounds.map(({ swapMs }) => swapMs)),
    megabytes: { thirds, most: Math.max(...megabytes) },
    counted,
    audited,
    verdict,
    passed: Object.values(verdict).every((holds) => holds),
  };
}

function sumOf(loads: readonly LoadResult[], value: (load: LoadResult) => number): number {
  return loads.reduce((sum, load) => sum + value(load), 0);
}

function refusedBy({ statuses }: LoadResult): number {
  return Object.entries(statuses).reduce((sum, [status, count]) => sum + (Number(status) >= 400 ? count : 0), 0);
}

/** NaN of nothing, which no bound is above. */
function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
