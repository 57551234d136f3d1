import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { LoadResult } from '../../cli/load/run-load.js';
import { packageRoot } from '../../package-facts.js';
import { type SoakFacts, verdictOf } from './verdict.js';

const load = (changed: Partial<LoadResult> = {}): LoadResult => ({
  rate: 100,
  answered: 1000,
  failed: 0,
  statuses: { 200: 1000 },
  p50Ms: 1,
  p90Ms: 1,
  p99Ms: 2,
  maxMs: 3,
  ...changed,
});

const facts: SoakFacts = {
  capacity: 143.4,
  rate: 100,
  before: [load()],
  rounds: [
    { load: load({ p99Ms: 5 }), swapMs: 200 },
    { load: load({ failed: 1 }), swapMs: 300 },
  ],
  megabytes: [100, 110, 150, 150, 151, 152],
  counted: 3000,
  audited: 3004,
  tornLines: 0,
};

test('a soak in figures', () => {
  expect(verdictOf(facts)).toMatchObject({
    capacity: 143,
    answered: 2000,
    refused: 0,
    lost: 0,
    unsent: 1,
    p99Ms: 5,
    swaps: 2,
    slowestSwapMs: 300,
    megabytes: { thirds: [105, 150, 151.5], most: 152 },
    passed: true,
  });
});

test('each demand can fail', () => {
  const broken: readonly (readonly [number, Partial<SoakFacts>])[] = [
    [0, { rounds: [{ load: load({ answered: 2000, failed: 1, statuses: { 200: 2000, 503: 1 } }), swapMs: 1 }] }],
    [0, { rounds: [{ load: load({ answered: 2000, failed: 1, statuses: { 200: 2000, 0: 1 } }), swapMs: 1 }] }],
    [1, { rounds: [{ load: load({ answered: 2000, failed: 3 }), swapMs: 1 }] }],
    [2, { megabytes: [100, 100, 100, 100, 106, 106] }],
    [2, { megabytes: [] }],
    [3, { counted: 2999 }],
    [4, { audited: 2999 }],
    [4, { tornLines: 1 }],
  ];
  for (const [place, changed] of broken) {
    const { verdict, passed } = verdictOf({ ...facts, ...changed });
    expect(Object.values(verdict).map((holds) => !holds)).toEqual([0, 1, 2, 3, 4].map((i) => i === place));
    expect(passed).toBe(false);
  }
});

test('three seconds of it: swaps under load lose nothing, and every answer is counted and audited', async () => {
  const options = ['--minutes', '0.05', '--swap-every', '1.5', '--measure', '0.5', '--share', '0.2'];
  const child = spawn(process.execPath, [join(packageRoot(), 'dist', 'bench', 'soak.js'), ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  await new Promise((resolve) => child.once('close', resolve));
  const { swaps, refused, lost, verdict } = JSON.parse(text);
  // Memory is not flat after three seconds, and a slow machine may send late.
  expect({ refused, lost }).toEqual({ refused: 0, lost: 0 });
  expect(swaps).toBeGreaterThanOrEqual(1);
  expect(verdict).toMatchObject({
    'the server counts every answer that the client has': true,
    'the audit log verifies and holds every answer': true,
  });
});
