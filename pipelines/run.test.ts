import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Job, JobResult } from './job.js';
import { type Progress, type RunOptions, runJobs } from './run.js';

/**
 * A worker with the protocol of worker.ts whose jobs do what their subject says. Earlier jobs take longer, so that with more
 * than one worker they end in another order than they began.
 */
const worker = `
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
export async function runJob({ job, artifactDir }) {
  const [what, ms] = job.subject.split(':');
  await wait(Number(ms ?? 0));
  if (what === 'exit') process.exit(3);
  if (what === 'throw') throw new Error('boom');
  if (what === 'memory') { const hog = []; for (;;) hog.push(new Array(1e5).fill(hog.length)); }
  if (what === 'bad') return { ok: false, error: { code: 'SOME_CODE', message: 'it is bad' } };
  const table = { group: { name: job.stage }, columns: new Map([['x', { type: 'double', values: Float64Array.of(1, NaN) }]]), rowCount: 2, provenance: [] };
  const findings = [{ severity: 'info', code: 'SEEN', message: job.subject }];
  return { ok: true, result: { table, findings, artifacts: artifactDir ? [job.subject] : [] } };
}`;

let folder: string;
let workerFile: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'run-'));
  workerFile = join(folder, 'worker.mjs');
  writeFileSync(workerFile, worker);
  writeFileSync(join(folder, 'broken.mjs'), 'throw new Error("cannot start");');
});
afterAll(() => rmSync(folder, { recursive: true }));

const job = (subject: string, stage: Job['stage'] = 'imaging'): Job =>
  ({ stage, subject, wholeFile: stage !== 'imaging', input: { file: subject }, settings: {} }) as unknown as Job;

async function run(jobs: readonly Job[], options: Partial<RunOptions> = {}) {
  const order: string[] = [];
  const results: JobResult[] = [];
  const progress: Progress[] = [];
  const summary = await runJobs(jobs, {
    workers: 2,
    workerFile,
    onProgress: (p) => progress.push(p),
    onResult: (result, { subject }) => {
      order.push(subject);
      results.push(result);
    },
    ...options,
  });
  return { order, results, progress, summary };
}

describe('runJobs', () => {
  test('results come in job order and are the same with 1, 2 and 3 workers', async () => {
    const subjects = ['a:120', 'b:60', 'c:0', 'd:30', 'bad', 'e:0'];
    const runs = [];
    for (const workers of [1, 2, 3])
      runs.push(
        await run(
          subjects.map((s) => job(s)),
          { workers },
        ),
      );
    for (const { order, results, summary } of runs) {
      expect(order).toEqual(subjects.filter((s) => s !== 'bad'));
      expect(results).toEqual(runs[0]?.results);
      expect(summary).toEqual(runs[0]?.summary);
    }
    const column = runs[0]?.results[0]?.table.columns.get('x');
    expect(column).toEqual({ type: 'double', values: Float64Array.of(1, Number.NaN) });
  });

  test('a job that fails, exits, throws or runs out of memory is a failure of its own', async () => {
    const jobs = ['a', 'bad', 'exit', 'throw', 'memory', 'z'].map((s) => job(s));
    const { order, summary, progress } = await run(jobs, { workerHeapMb: 64 });
    expect(order).toEqual(['a', 'z']);
    expect(summary.imaging?.done).toBe(4);
    expect(summary.imaging?.failed).toEqual([
      { patient: 'bad', reason: 'it is bad', code: 'SOME_CODE', inputError: false },
      {
        patient: 'exit',
        reason: 'the worker ended before the job was done: worker exited with code: 3',
        code: 'PIPELINE_WORKER_CRASHED',
        inputError: false,
      },
      {
        patient: 'throw',
        reason: 'the worker ended before the job was done: boom',
        code: 'PIPELINE_WORKER_CRASHED',
        inputError: false,
      },
      {
        patient: 'memory',
        reason: 'the worker ran out of memory; try fewer workers at a time',
        code: 'PIPELINE_OUT_OF_MEMORY',
        inputError: false,
      },
    ]);
    expect(progress.at(-1)).toEqual({ stage: 'imaging', done: 6, total: 6, failed: 4 });
  });

  test('the summary counts by stage; an unusable file is an input error; the plan adds its own', async () => {
    const jobs = [job('bad', 'genomic'), job('clinical.csv', 'clinical'), job('R01-001')];
    const { summary } = await run(jobs, {
      problems: [{ stage: 'imaging', patient: 'R01-002', reason: 'two CT', code: 'X', inputError: false }],
      skipped: [{ stage: 'imaging', patient: 'R01-003', reason: 'no segmentation' }],
    });
    const finding = (message: string) => ({ severity: 'info', code: 'SEEN', message });
    expect(summary).toEqual({
      genomic: {
        done: 0,
        failed: [{ patient: 'bad', reason: 'it is bad', code: 'SOME_CODE', inputError: true }],
        skipped: 0,
        findings: [],
      },
      clinical: { done: 2, failed: [], skipped: 0, findings: [finding('clinical.csv')] },
      imaging: {
        done: 2,
        failed: [{ patient: 'R01-002', reason: 'two CT', code: 'X', inputError: false }],
        skipped: 1,
        findings: [finding('R01-001')],
      },
    });
  });

  test('what onResult throws stops the run', async () => {
    const onResult = () => Promise.reject(new Error('the store is full'));
    await expect(run([job('a'), job('b:5000')], { onResult })).rejects.toThrow('the store is full');
  });

  test('a worker that cannot start stops the run instead of hanging it', async () => {
    await expect(run([job('a'), job('b'), job('c')], { workerFile: join(folder, 'broken.mjs') })).rejects.toMatchObject(
      {
        name: 'PipelineError',
        code: 'PIPELINE_WORKER_CRASHED',
      },
    );
  });

  test('no jobs: the summary of the plan alone', async () => {
    expect((await run([])).summary).toEqual({});
  });

  test('the artifact folder is made, or the run does not start', async () => {
    const artifactDir = join(folder, 'deep', 'artifacts');
    const { results } = await run([job('a')], { artifactDir });
    expect(existsSync(artifactDir)).toBe(true);
    expect(results[0]?.artifacts).toEqual(['a']);
    await expect(run([job('a')], { artifactDir: join(workerFile, 'x') })).rejects.toMatchObject({
      code: 'PIPELINE_ARTIFACT_FOLDER',
      message: 'Cannot make the artifact folder: a file is where a folder should be',
    });
  });

  test('unusable options', async () => {
    for (const workers of [0, 1.5, Number.NaN]) {
      await expect(run([job('a')], { workers })).rejects.toMatchObject({ code: 'PIPELINE_BAD_OPTION' });
    }
    await expect(run([job('a')], { workerHeapMb: 1 })).rejects.toMatchObject({ code: 'PIPELINE_BAD_OPTION' });
    await expect(run([job('a')], { worker: 2 } as Partial<RunOptions>)).rejects.toThrow('unknown option "worker"');
    await expect(run([job('a')], { workerFile: join(folder, 'none.js') })).rejects.toMatchObject({
      code: 'PIPELINE_WORKER_FILE',
    });
  });
});
