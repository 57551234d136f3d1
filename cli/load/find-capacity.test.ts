import { describe, expect, test } from 'vitest';
import { adviceText, findCapacity, recommend } from './find-capacity.js';
import type { LoadJob, LoadResult } from './run-load.js';

/** A server that answers within a millisecond up to a rate, and late above it. */
function serverOf(most: number, failed = 0): (job: LoadJob) => Promise<LoadResult> {
  return async ({ rate = 0 }) => {
    const late = rate > most ? 100 : 1;
    const answered = Math.min(rate, most);
    return { rate: answered, answered, failed, statuses: {}, p50Ms: late, p90Ms: late, p99Ms: late, maxMs: late };
  };
}

const ramp = { url: '', requests: [], connections: 1, p99Ms: 5, secondsPerStep: 1, firstRate: 100 };

describe('capacity', () => {
  test.each([[950], [100], [3000]])('of a server that takes %i/s is found from below, to an eighth', async (most) => {
    const { rate, steps } = await findCapacity(ramp, serverOf(most));
    expect(rate).toBeLessThanOrEqual(most);
    expect(rate).toBeGreaterThanOrEqual(most - most / 8);
    expect(steps.map(({ wanted }) => wanted)).toEqual(steps.map(({ wanted }) => wanted).sort((a, b) => a - b));
  });

  test('a failed request is too much at any rate', async () => {
    expect((await findCapacity(ramp, serverOf(1e9, 1))).rate).toBe(0);
  });

  test('a slow first rate is searched below', async () => {
    expect((await findCapacity(ramp, serverOf(60))).rate).toBe(50);
  });
});

test('a wanted rate is planned at 70 % of what was measured', () => {
  expect(recommend(1000, 700, 1, 4)).toEqual({ replicas: 1, processesPerReplica: 1 });
  expect(recommend(1000, 701, 1, 4)).toEqual({ replicas: 1, processesPerReplica: 2 });
  expect(recommend(2000, 7000, 2, 4)).toEqual({ replicas: 3, processesPerReplica: 4 });
  expect(recommend(0, 10, 1, 4)).toBeUndefined();
});

test('a recommendation names the command', () => {
  expect(adviceText(7000, { replicas: 3, processesPerReplica: 4 })).toContain(
    '3 replica(s) of "thoracle serve --processes 4"',
  );
  expect(adviceText(700, { replicas: 1, processesPerReplica: 1 })).toContain('1 replica(s) of "thoracle serve"');
});
