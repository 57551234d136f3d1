import { access, rename, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { packageVersion } from '../../package-facts.js';
import type { BundleManifest } from '../../training/bundle/index.js';
import { ServingError, servingErrors } from '../errors.js';
import { holdFile } from '../files/durable-file.js';
import type { Predictor } from '../predict/index.js';
import { inputNames } from '../rows/input-names.js';
import { answerBlock } from './answer-block.js';
import { type AnswerLines, type AnswerShape, answerColumns, csvLines, jsonLines } from './answer-lines.js';
import { badRowLines } from './bad-row-lines.js';
import { inputFormat, outputFormat } from './batch-format.js';
import {
  assertSameJob,
  type BatchIdentity,
  type BatchState,
  cannotResume,
  inputDigest,
  readState,
  writeState,
} from './batch-state.js';
import { csvSource } from './csv-source.js';
import { GrowingFile } from './growing-file.js';
import type { ColumnChoice } from './input-plan.js';
import { jsonLinesSource } from './json-lines-source.js';
import { namesOfModel } from './output-names.js';
import { nameSeparator, writeParquetAnswers } from './parquet-answers.js';
import { parquetSource } from './parquet-source.js';
import type { RowSource } from './row-source.js';
import { textInput } from './text-input.js';

/** A job: a file of rows in, a file of answers out. */
export interface BatchOptions extends ColumnChoice {
  readonly model: { readonly manifest: BundleManifest; readonly predictor: Predictor };
  /** `.csv`, `.jsonl` or `.ndjson`, each with `.gz` too, or `.parquet`. */
  readonly input: string;
  /** `.csv`, `.jsonl` or `.parquet`; must not exist. */
  readonly out: string;
  /** Rows that cannot be used, `.csv` or `.jsonl`. Default: `OUT.errors.csv`. */
  readonly errors?: string;
  /** Go on with a job that was broken off; begins one where there is none. */
  readonly resume?: boolean;
  /** What each answer is made of, too. */
  readonly explain?: boolean;
  /** Called after each block of rows. `total` is estimated from the bytes that were read, where the format does not say it. */
  readonly onProgress?: (done: number, total: number, bad: number) => void;
  /** Milliseconds between two states that a broken job can go on from. Default 250. */
  readonly checkpointMs?: number;
}

/** How a job ended. */
export interface BatchSummary {
  readonly rows: number;
  readonly predicted: number;
  /** Rows that could not be used; they are in `errors`. */
  readonly bad: number;
  readonly out: string;
  /** Null when every row could be used. */
  readonly errors: string | null;
  /** Rows that had been done before the job went on; 0 when it was not broken off. */
  readonly resumedAt: number;
  /** Columns of the model that the input does not have. */
  readonly absentColumns: readonly string[];
}

const checkpointMs = 250;

/**
 * Predicts for every row of a file, in memory that does not depend on its size. A row that cannot be used goes to the error file and does not stop the
 * job. What is written is whole or not there: until the end it is `OUT.partial`, with `OUT.state` beside it, from which a broken job goes on to the same
 * bytes as an unbroken one.
 * @throws ServingError SERVING_BATCH_…; PredictError PREDICT_DUPLICATE_COLUMN, PREDICT_NO_CONTRIBUTIONS; a system error with the path
 */
export async function runBatch(options: BatchOptions): Promise<BatchSummary> {
  const { out } = options;
  outputFormat(out, ['csv', 'jsonl', 'parquet']);
  const release = await holdFile(out);
  if (release === undefined) throw outputTrouble(out, 'another process is writing it');
  try {
    return await runAlone(options);
  } finally {
    await release();
  }
}

async function runAlone(options: BatchOptions): Promise<BatchSummary> {
  const files = await filesOf(options);
  const job = await identityOf(options);
  const state = await begunState(options, files, job);
  const source = await openSource(options, job.input.bytes);
  try {
    const { predictor, manifest } = options.model;
    if (options.explain === true && source.plan.list.kind === 'components') {
      throw new ServingError(
        'SERVING_BATCH_COLUMNS',
        servingErrors.SERVING_BATCH_COLUMNS(basename(options.input), '--explain takes raw columns, no components'),
      );
    }
    const modalities = [...new Set(manifest.columns.map(({ group }) => group))];
    const shape: AnswerShape = {
      names: namesOfModel(manifest),
      idName: source.plan.idName,
      explained: options.explain === true ? { modalities, features: predictor.featureNames } : undefined,
    };
    const begun = state ?? firstState(job, source);
    const done = begun.whole ? begun : await answerAll(options, files, source, shape, begun);
    await finish(files, shape, done);
    return {
      rows: done.predicted + done.bad,
      predicted: done.predicted,
      bad: done.bad,
      out: options.out,
      errors: done.bad === 0 ? null : files.errors,
      resumedAt: state?.position.row ?? 0,
      absentColumns: source.plan.absent,
    };
  } finally {
    await source.close();
  }
}

interface BatchFiles {
  readonly out: string;
  readonly outPartial: string;
  readonly outKind: 'csv' | 'jsonl' | 'parquet';
  readonly errors: string;
  readonly errorsPartial: string;
  readonly errorsKind: 'csv' | 'jsonl';
  readonly state: string;
}

async function filesOf({ out, errors = `${out}.errors.csv` }: BatchOptions): Promise<BatchFiles> {
  const files = {
    out,
    outPartial: `${out}.partial`,
    outKind: outputFormat(out, ['csv', 'jsonl', 'parquet']),
    errors,
    errorsPartial: `${errors}.partial`,
    errorsKind: outputFormat(errors, ['csv', 'jsonl']),
    state: `${out}.state`,
  };
  if (errors === out) throw outputTrouble(out, 'bad rows cannot go to the same file');
  return files;
}

async function identityOf(options: BatchOptions): Promise<BatchIdentity> {
  const { model, input, id = '', ignore = [], explain = false } = options;
  return {
    thoracle: packageVersion(),
    modelId: model.manifest.modelId,
    input: await inputDigest(input),
    options: {
      id,
      ignore: ignore.join(),
      explain: String(explain),
      errors: options.errors ?? '',
    },
  };
}

/** The state to go on from. @throws ServingError SERVING_BATCH_OUTPUT, SERVING_BATCH_RESUME */
async function begunState(
  { resume = false }: BatchOptions,
  files: BatchFiles,
  job: BatchIdentity,
): Promise<BatchState | undefined> {
  const state = await readState(files.state, files.out);
  if (state !== undefined) {
    if (!resume)
      throw outputTrouble(
        files.out,
        `a job that writes it was broken off; go on with --resume, or delete ${basename(files.state)}`,
      );
    assertSameJob(files.out, state.job, job);
    if (state.whole) return state;
  }
  for (const file of [files.out, files.errors]) {
    if (await exists(file)) throw outputTrouble(file, 'it exists; expected a new file');
  }
  return state;
}

function firstState(job: BatchIdentity, { start }: RowSource): BatchState {
  return { formatVersion: 1, job, position: start, predicted: 0, bad: 0, outBytes: 0, errorBytes: 0, whole: false };
}

async function openSource({ input, model, ...choice }: BatchOptions, bytes: number): Promise<RowSource> {
  const { kind, packed } = inputFormat(input);
  const { featureNames, componentNames } = model.predictor;
  const names = inputNames(featureNames, componentNames);
  const name = basename(input);
  if (kind === 'parquet') return parquetSource(input, name, names, choice);
  const text = textInput(input, name, packed, bytes);
  return kind === 'csv' ? csvSource(text, name, names, choice) : jsonLinesSource(text, name, names, choice);
}

async function answerAll(
  options: BatchOptions,
  files: BatchFiles,
  source: RowSource,
  shape: AnswerShape,
  begun: BatchState,
): Promise<BatchState> {
  const lines = linesOf(files, shape);
  const bad = badRowLines(files.errorsKind);
  await writeState(files.state, begun);
  const out = await reopen(files.outPartial, begun.outBytes, files.out);
  const errors = await reopen(files.errorsPartial, begun.errorBytes, files.out);
  let state = begun;
  let saved = performance.now();
  const save = async (next: BatchState) => {
    await Promise.all([out.sync(), errors.sync()]);
    await writeState(files.state, next);
    saved = performance.now();
  };
  try {
    if (state.position.row === 0) {
      await out.append(lines.head);
      await errors.append(bad.head);
    }
    for await (const block of source.blocks(state.position)) {
      const text = answerBlock(
        options.model.predictor,
        source.plan.list.kind,
        block,
        lines,
        shape.explained !== undefined,
      );
      await out.append(text);
      await errors.append(block.bad.map(bad.line).join(''));
      state = {
        ...state,
        position: block.end,
        predicted: state.predicted + block.count,
        bad: state.bad + block.bad.length,
        outBytes: out.length,
        errorBytes: errors.length,
      };
      options.onProgress?.(state.position.row, Math.round(state.position.row / Math.max(block.share, 1e-9)), state.bad);
      if (performance.now() - saved >= (options.checkpointMs ?? checkpointMs)) await save(state);
    }
    if (state.position.row === 0) throw noRows(options.input);
    state = { ...state, outBytes: out.length, errorBytes: errors.length, whole: true };
    await save(state);
    return state;
  } catch (error) {
    if (state.position.row === 0) await forget(files);
    throw error;
  } finally {
    await Promise.all([out.close(), errors.close()]);
  }
}

function linesOf({ outKind }: BatchFiles, shape: AnswerShape): AnswerLines {
  if (outKind === 'jsonl') return jsonLines(shape);
  return outKind === 'csv' ? csvLines(shape) : csvLines(shape, nameSeparator);
}

/** @throws ServingError SERVING_BATCH_RESUME when less is there than was written */
async function reopen(file: string, length: number, out: string): Promise<GrowingFile> {
  try {
    return await GrowingFile.open(file, length);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (length === 0 || (code !== undefined && code !== 'ENOENT')) throw error;
    throw cannotResume(out, `${basename(file)} is not what it wrote; delete ${basename(out)}.state to begin anew`);
  }
}

/** Gives the files their names; may be done again after a crash at any point. */
async function finish(files: BatchFiles, shape: AnswerShape, { bad }: BatchState): Promise<void> {
  if (await exists(files.outPartial)) {
    if (files.outKind === 'parquet') {
      const whole = `${files.outPartial}.parquet`;
      await rm(whole, { force: true });
      try {
        await writeParquetAnswers(files.outPartial, whole, answerColumns(shape));
      } catch (error) {
        // A full disk has no room for what is of no use; the job may go on from the table of answers.
        await rm(whole, { force: true });
        throw error;
      }
      await rename(whole, files.out);
      await rm(files.outPartial);
    } else await rename(files.outPartial, files.out);
  }
  if (bad === 0) await rm(files.errorsPartial, { force: true });
  else if (await exists(files.errorsPartial)) await rename(files.errorsPartial, files.errors);
  await rm(files.state, { force: true });
}

/** A job that could not answer a single row leaves nothing. */
async function forget(files: BatchFiles): Promise<void> {
  for (const file of [files.outPartial, files.errorsPartial, files.state]) await rm(file, { force: true });
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

function outputTrouble(file: string, what: string): ServingError {
  return new ServingError('SERVING_BATCH_OUTPUT', servingErrors.SERVING_BATCH_OUTPUT(basename(file), what));
}

function noRows(input: string): ServingError {
  return new ServingError(
    'SERVING_BATCH_INPUT',
    servingErrors.SERVING_BATCH_INPUT(basename(input), 'it holds no rows'),
  );
}
