import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mutate, mutationNames, seededNumbers } from './mutations.js';
import { type FuzzInputs, fuzzInputs, fuzzKinds, fuzzOnce } from './targets.js';

// `npm run fuzz:imaging` runs 2,000 of these, and watches time and memory from outside.
const perKind = 60;
const scratch = mkdtempSync(join(tmpdir(), 'fuzz-'));
afterAll(() => rmSync(scratch, { recursive: true }));
let inputs: FuzzInputs;
beforeAll(async () => {
  inputs = await fuzzInputs(scratch);
});

test.each(fuzzKinds)('a damaged %s file is read or refused in one sentence, never anything else', async (kind) => {
  const ended = new Set<string>();
  const done = new Set<string>();
  for (let index = 0; index < perKind; index++) {
    const outcome = await fuzzOnce(inputs, kind, 20261124, index);
    ended.add(outcome.ended);
    done.add(outcome.mutation);
  }
  // The damage is neither harmless nor total, or nothing would be tested.
  expect(ended).toContain('read');
  expect(ended.size).toBeGreaterThan(2);
  expect(done.size).toBe(mutationNames.length);
});

test('the same seed damages a file in the same way, another one differently', () => {
  const bytes = Buffer.from('NRRD0004\ntype: short\nsizes: 1 2 3\nencoding: raw\n\n0123456789');
  const twice = [1, 1, 2].map((seed) => mutate(bytes, seededNumbers(seed)).bytes.toString('latin1'));
  expect(twice[0]).toBe(twice[1]);
  expect(twice[0]).not.toBe(twice[2]);
});
