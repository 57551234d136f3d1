import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CohortIndex, indexCohort } from '../cohort/index.js';
import { hasSharedData, needsSharedData, sharedData } from '../test/shared-data.js';
import type { Job } from './job.js';
import { planJobs } from './plan.js';
import { runJobs } from './run.js';
import { jobError, runJob } from './worker.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'worker-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function genomicJob(name: string, content: string): Job {
  const file = join(folder, name);
  writeFileSync(file, content);
  return { stage: 'genomic', subject: name, wholeFile: true, input: { file }, settings: { genes: 'all' } };
}

describe('runJob', () => {
  test('a result, without the bytes of artifacts', async () => {
    const reply = await runJob({ job: genomicJob('g.txt', '\tA\nCD4\t1\n') });
    expect(reply).toMatchObject({ ok: true, result: { table: { rowCount: 1 }, findings: [], artifacts: [] } });
    expect(structuredClone(reply)).toEqual(reply);
    const finding = { severity: 'info', code: 'PLANNED', message: 'said by the plan' } as const;
    const planned = await runJob({ job: { ...genomicJob('g.txt', '\tA\nCD4\t1\n'), findings: [finding] } });
    expect(planned).toMatchObject({ ok: true, result: { findings: [finding] } });
  });

  test('a bad file: the code and sentence of the stage', async () => {
    expect(await runJob({ job: genomicJob('bad.txt', '\tA\tA\nCD4\t1\t1\n') })).toEqual({
      seconds: expect.any(Number),
      ok: false,
      error: {
        code: 'GENOMIC_DUPLICATE_SAMPLES',
        message: '"bad.txt": these sample ids occur more than once: A',
      },
    });
  });

  test('errors of the system lose their path, mistakes of the program say so', () => {
    const system = Object.assign(new Error(`ENOSPC: no space, write '${folder}/x'`), {
      code: 'ENOSPC',
      syscall: 'write',
      path: `${folder}/x`,
    });
    expect(jobError(system)).toEqual({ code: 'PIPELINE_SYSTEM', message: 'x: the disk is full' });
    expect(jobError(new RangeError('off by one\nsecond line'))).toEqual({
      code: 'PIPELINE_INTERNAL',
      message: 'a mistake in this program: RangeError: off by one',
    });
  });
});

const built = fileURLToPath(new URL('../dist/pipelines/worker.js', import.meta.url));
const needsBuild = existsSync(built) ? '' : ' [needs dist/: npm run build]';

describe.skipIf(!existsSync(built) || !hasSharedData)(
  `the compiled worker on the real tables ${needsSharedData}${needsBuild}`,
  () => {
    test('211 clinical, 130 genomic and 60 imaging rows, the same with 1 and with 2 workers', async () => {
      const root = sharedData('nsclc-radiogenomics');
      const index: CohortIndex = await indexCohort(root);
      const { jobs, problems, skipped } = planJobs(index, {
        stages: ['genomic', 'clinical', 'imaging'],
        genes: 'metagenes',
        radiomicsSettings: {} as never,
      });
      const runs = [];
      for (const workers of [1, 2]) {
        const tables: unknown[] = [];
        const onResult = ({ table }: { readonly table: unknown }) => void tables.push(table);
        const summary = await runJobs(jobs, { workers, workerFile: built, onResult, problems, skipped });
        runs.push({ summary, tables });
      }
      expect(runs[1]).toEqual(runs[0]);
      const done = Object.entries(runs[0]?.summary ?? {}).map(([stage, { done, failed }]) => [
        stage,
        done,
        failed.length,
      ]);
      expect(done).toEqual([
        ['genomic', 130, 0],
        ['clinical', 211, 0],
        ['imaging', 60, 0],
      ]);
    });
  },
);
