import type { LoadJob, LoadResult } from './run-load.js';

/** One step of a ramp. */
export interface RampStep {
  /** Requests per second that were to be sent. */
  readonly wanted: number;
  readonly result: LoadResult;
  /** Every request was answered, at that rate, and 99 % of them within the bound. */
  readonly holds: boolean;
}

/** What a server can take. */
export interface Capacity {
  /** The highest rate that held, requests per second; 0 when none did. */
  readonly rate: number;
  /** By the rate that was wanted. */
  readonly steps: readonly RampStep[];
}

export interface RampOptions extends Omit<LoadJob, 'rate' | 'seconds'> {
  readonly p99Ms: number;
  readonly secondsPerStep: number;
  readonly firstRate: number;
}

/** A rate that was sent and answered to this share counts as kept. */
const keptShare = 0.97;
/** Steps between the last rate that held and the first that did not. */
const halvings = 3;
const mostDoublings = 12;

/**
 * Doubles the rate until a step does not hold, then halves the interval between the last that held and it.
 * @param run sends one step's load
 */
export async function findCapacity(
  options: RampOptions,
  run: (job: LoadJob) => Promise<LoadResult>,
): Promise<Capacity> {
  const { p99Ms, secondsPerStep, firstRate, ...target } = options;
  const steps: RampStep[] = [];
  const holds = async (wanted: number): Promise<boolean> => {
    const result = await run({ ...target, rate: wanted, seconds: secondsPerStep });
    const kept = result.failed === 0 && result.rate >= keptShare * wanted;
    const step = { wanted, result, holds: kept && result.p99Ms <= p99Ms };
    steps.push(step);
    return step.holds;
  };
  let low = 0;
  let high = firstRate;
  for (let k = 0; k < mostDoublings && (await holds(high)); k++) {
    low = high;
    high *= 2;
  }
  for (let k = 0; k < halvings && low < high && steps.some((step) => !step.holds); k++) {
    const middle = Math.round((low + high) / 2);
    if (await holds(middle)) low = middle;
    else high = middle;
  }
  return { rate: low, steps: steps.sort((a, b) => a.wanted - b.wanted) };
}

/** Processes and machines for a rate. */
export interface Recommendation {
  readonly processesPerReplica: number;
  readonly replicas: number;
}

/** A server is planned to run at this share of what it can take. */
const plannedShare = 0.7;

/**
 * What a wanted rate takes, by what the tested server took: each replica with a process on each core, each process as fast as a tested one. That processes do not slow each other
 * down is assumed, not measured.
 * @param tested processes of the tested server
 * @returns undefined when the tested server held no rate at all
 */
export function recommend(
  capacity: number,
  wanted: number,
  tested: number,
  coresPerReplica: number,
): Recommendation | undefined {
  if (capacity <= 0) return undefined;
  const processes = Math.max(1, Math.ceil(wanted / ((capacity / tested) * plannedShare)));
  const replicas = Math.ceil(processes / coresPerReplica);
  return { replicas, processesPerReplica: Math.ceil(processes / replicas) };
}

/** A recommendation as the command that follows it. */
export function adviceText(wanted: number, { replicas, processesPerReplica }: Recommendation): string {
  const serve = processesPerReplica === 1 ? 'thoracle serve' : `thoracle serve --processes ${processesPerReplica}`;
  return `for ${wanted} requests/s at 70 % of that: ${replicas} replica(s) of "${serve}", if processes do not slow each other down`;
}
