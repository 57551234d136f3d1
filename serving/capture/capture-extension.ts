import { Counter, Gauge, type Registry } from 'prom-client';
import { systemReason } from '../../system-reason.js';
import { servingError } from '../errors.js';
import type { ServerExtension } from '../http/extension.js';
import type { RequestFacts } from '../http/request-facts.js';
import type { LoadedModel } from '../models/loaded-model.js';
import type { Prediction } from '../predict/index.js';
import { CaptureFiles } from './capture-files.js';
import { CaptureQueue } from './capture-queue.js';
import { lineOf } from './captured-row.js';
import { captureKey, pseudonyms } from './pseudonyms.js';
import { sampling } from './sampling.js';

/** What is captured, and where to. */
export interface CaptureOptions {
  /** Where files are written; made when it is not there. */
  readonly folder: string;
  /** Share of requests, 0 to 1; default 0.1. */
  readonly share?: number;
  /** Of the choice of requests; default 0. */
  readonly seed?: number;
  /** The key that hides identifiers; without one it is made anew for each run. */
  readonly keyFile?: string;
  /** Of all files together; default 1 GiB. */
  readonly limitBytes?: number;
  /** Told once, when writing fails: capturing has stopped, the server goes on. */
  readonly onTrouble: (error: unknown) => void;
  /** The page of metrics that rows are counted on. */
  readonly registry?: Registry;
  /** Milliseconds since 1970 UTC. */
  readonly now?: () => number;
}

/** Capturing, to be closed after the server. */
export interface Capture {
  readonly extension: ServerExtension;
  /** Writes what waits. */
  close(): Promise<void>;
}

/** Files in the folder; deleting the oldest one loses this part of it. */
const files = 64;

/**
 * Writes a share of requests with their answers, and those of shadow variants, as JSON lines: raw features by name, identifiers as pseudonyms. Rows that came as components are not captured. A
 * request never waits for it and never fails by it.
 * @throws ServingError SERVING_CAPTURE when the folder or the key cannot be used
 */
export async function openCapture(options: CaptureOptions): Promise<Capture> {
  const { folder, share = 0.1, seed = 0, keyFile, limitBytes = 2 ** 30, onTrouble, registry, now = Date.now } = options;
  const pseudonym = pseudonyms(await captureKey(keyFile));
  const lines = new CaptureFiles(folder, { fileBytes: Math.ceil(limitBytes / files), files }, now);
  try {
    await lines.begin();
  } catch (error) {
    throw servingError('SERVING_CAPTURE', systemReason(error));
  }
  const queue = new CaptureQueue(lines, (captured, row) => lineOf(captured, row, pseudonym), onTrouble);
  if (registry !== undefined) addMetrics(registry, queue);
  const chosen = sampling(share, seed);
  const samples = new WeakMap<RequestFacts, number>();
  let counted = 0;
  const take = (
    sample: number,
    { inferenceId, variant, cases }: RequestFacts,
    answer: {
      readonly shadow: string | null;
      readonly model: LoadedModel;
      readonly rows: Float64Array;
      readonly predictions: readonly Prediction[];
    },
  ) => {
    if (!queue.hasRoom(answer.rows.length, answer.predictions.length)) return;
    queue.add({
      ...answer,
      at: new Date(now()).toISOString(),
      sample,
      inferenceId,
      variant,
      cases,
      rows: answer.rows.slice(),
    });
  };
  const extension: ServerExtension = {
    name: 'capture',
    onPredictions: (facts, model, rows, predictions) => {
      if (predictions.length === 0 || !chosen(facts.inferenceId)) return;
      const sample = ++counted;
      samples.set(facts, sample);
      take(sample, facts, { shadow: null, model, rows, predictions });
    },
    onShadow: (facts, { variant, model, inputs, predictions }) => {
      const sample = samples.get(facts);
      if (sample !== undefined) take(sample, facts, { shadow: variant, model, rows: inputs.rows, predictions });
    },
  };
  return { extension, close: () => queue.close() };
}

function addMetrics(registry: Registry, queue: CaptureQueue): void {
  const add = (name: string, help: string, value: () => number) =>
    new Counter({
      name,
      help,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(value());
      },
    });
  add('thoracle_capture_rows_total', 'Rows that were captured', () => queue.counts.written);
  add(
    'thoracle_capture_dropped_rows_total',
    'Rows that were chosen, and lost: too many were waiting, or writing had stopped',
    () => queue.counts.dropped,
  );
  new Gauge({
    name: 'thoracle_capture_stopped',
    help: '1 when capturing has stopped because writing failed',
    registers: [registry],
    collect() {
      this.set(queue.counts.stopped ? 1 : 0);
    },
  });
}
