import { existsSync, statSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { generateCohort } from '../../cohort/index.js';
import { openDuckDbStore } from '../../featurestore/index.js';
import type { RunSummary } from '../../pipelines/index.js';
import { createPredictor } from '../../serving/index.js';
import { loadBundle } from '../../training/bundle/folder.js';
import { loadNativeLibrary, type TrainJson } from '../../training/index.js';
import type { CommandContext } from '../context.js';
import { CliError, cliErrors } from '../errors.js';
import { createOutput, type Output } from '../io.js';
import { wholeNumber, workersOption } from '../option-values.js';
import { progressView } from '../progress.js';
import { demoModels } from './demo-models.js';
import { askServer, type DemoAnswers } from './demo-requests.js';
import { openStudio } from './open-studio.js';
import { runCohort, runExitCode } from './run.js';
import { startServer } from './serve.js';
import { trainModel } from './train.js';

interface DemoOptions {
  readonly patients: number;
  readonly seed: number;
  readonly out: string;
  readonly workers: number;
}

interface DemoCommandOptions extends DemoOptions {
  readonly keep?: boolean;
  readonly port: number;
  readonly json?: boolean;
}

/** Marks a folder as an earlier demo's, which the next one may replace. */
const marker = '.thoracle-demo';

/** `thoracle demo [--patients 80] [--out DIR] [--keep]`: the whole job on a synthetic cohort. */
export function demoCommand(context: CommandContext): Command {
  return new Command('demo')
    .description('the whole job on a synthetic cohort: generate, run, train, serve, ask, report')
    .option('--patients <n>', 'size of the cohort', wholeNumber(20, 2000), 80)
    .option('--seed <n>', 'seed of every random choice', wholeNumber(0, 2 ** 31 - 1), 0)
    .option('--out <dir>', 'where everything goes; an earlier demo there is replaced', join('out', 'demo'))
    .addOption(workersOption())
    .option('--keep', 'leave the studio open on it')
    .option('--port <n>', 'of the studio; 0 takes any free port', wholeNumber(0, 65_535), 8090)
    .option('--json', 'print one JSON document; with --keep that of the studio')
    .action(async ({ keep, port, json, ...options }: DemoCommandOptions) => {
      const output = createOutput(context.io, json === true);
      const result = await demo(options, context, output);
      context.exit(runExitCode(result.run));
      if (keep !== true) {
        output.answer(result, () => demoText(result));
        return;
      }
      for (const line of demoText(result).split('\n')) output.note(line);
      const places = await demoModels(options.out, context, output);
      await openStudio({ ...places, port, host: '127.0.0.1' }, output);
    });
}

/** What `demo --json` prints. */
interface DemoResult {
  readonly out: string;
  readonly report: string;
  readonly run: RunSummary;
  readonly train: TrainJson;
  readonly serving: DemoAnswers;
  readonly seconds: Readonly<Record<string, number>>;
}

/** Generates, measures, trains, serves and asks, all in the folder `out`. */
export async function demo(options: DemoOptions, context: CommandContext, output: Output): Promise<DemoResult> {
  const { out, patients, seed, workers } = options;
  // Asked first, so that a missing library costs no work and no earlier demo.
  loadNativeLibrary();
  await freshFolder(out);
  const place = { cohort: join(out, 'cohort'), store: join(out, 'store.duckdb'), model: join(out, 'model') };
  const seconds: Record<string, number> = {};
  const timed = async <T>(step: string, title: string, work: () => Promise<T>): Promise<T> => {
    output.note(title);
    const start = performance.now();
    const result = await work();
    seconds[step] = Math.round((performance.now() - start) / 10) / 100;
    return result;
  };
  await timed('generate', `1/4 generating ${patients} synthetic patients`, async () => {
    const progress = progressView('patients', context.io.stderr);
    const onProgress = (done: number, total: number) => progress.update(done, total, 0);
    await generateCohort({ patients, seed, out: place.cohort, onProgress });
    progress.stop();
  });
  const quiet = { ...output, note: () => undefined };
  const run = await timed('run', '2/4 raw files to features', async () => {
    const stages = ['genomic', 'clinical', 'imaging'] as const;
    return (
      await runCohort({ genes: 'metagenes', cohort: place.cohort, store: place.store, stages, workers }, context, quiet)
    ).stages;
  });
  const train = await timed('train', '3/4 training and scoring', () =>
    trainModel(
      { store: place.store, modalities: 'genomic,clinical,imaging', recipe: 'components', seed, out: place.model },
      context,
      output,
    ),
  );
  const serving = await timed('serve', '4/4 serving the model and asking it', () =>
    serveAndAsk(place.model, place.store),
  );
  return { out, report: join(place.model, 'report.html'), run, train, serving, seconds };
}

async function freshFolder(out: string): Promise<void> {
  if (existsSync(out)) {
    const isFolder = statSync(out).isDirectory();
    const entries = isFolder ? await readdir(out) : [];
    if (!isFolder || (entries.length > 0 && !entries.includes(marker))) {
      throw new CliError(
        'CLI_OUT_EXISTS',
        cliErrors.CLI_OUT_EXISTS(out, 'a new or empty folder, or one that an earlier demo made'),
      );
    }
    await rm(out, { recursive: true });
  }
  await mkdir(out, { recursive: true });
  await writeFile(join(out, marker), 'made by thoracle demo; the next demo replaces this folder\n');
}

async function serveAndAsk(model: string, storeFile: string): Promise<DemoAnswers> {
  const store = await openDuckDbStore({ file: storeFile, readOnly: true });
  const ids = await store.query('SELECT case_id FROM genomic JOIN imaging USING (case_id) ORDER BY case_id LIMIT 3');
  await store.close();
  const cases = ids.rows.map(([id]) => String(id));
  const { featureNames } = createPredictor(await loadBundle(model));
  const server = await startServer({ model, store: storeFile, host: '127.0.0.1', port: 0 }, false);
  try {
    return await askServer(server.url, cases, featureNames);
  } finally {
    await server.close();
  }
}

function demoText(result: DemoResult): string {
  const { train, run, serving, seconds } = result;
  const auc = train.metrics.rocAuc;
  const counts = Object.entries(run).map(
    ([stage, s]) => `${stage} ${s.done} (${s.failed.length} failed, ${s.skipped} skipped)`,
  );
  return [
    '',
    'thoracle demo: done',
    `  features   ${counts.join(', ')}`,
    `  data set   ${train.dataset.patients} patients (${train.dataset.complete} complete), ${train.dataset.events} deaths, ${train.dataset.features} features`,
    `  model      cross-validated ROC AUC ${auc === undefined ? '-' : `${auc.value.toFixed(3)} (95 % interval ${auc.low.toFixed(3)} to ${auc.high.toFixed(3)})`}; majority class 0.5`,
    ...serving.requests.map((r) => `  endpoint   ${r.request} -> ${r.status} in ${r.milliseconds} ms: ${r.answer}`),
    `  time       ${Object.entries(seconds)
      .map(([step, s]) => `${step} ${s} s`)
      .join(', ')}`,
    `  report     ${result.report}`,
    '',
    'The patients are invented. Research software, not a medical device: not for clinical use.',
  ].join('\n');
}
