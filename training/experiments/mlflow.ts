import { trainingError } from '../errors.js';
import type { RunRecord } from './run-record.js';

/** Where and as whom runs are exported. */
export interface MlflowTarget {
  /** Of the tracking server: `http://127.0.0.1:5000`. */
  readonly url: string;
  /** Experiment that takes the runs; made when it is not there. */
  readonly experiment: string;
  /** Bearer token; none by default. */
  readonly token?: string;
}

/** What an export did. */
export interface MlflowExport {
  readonly experimentId: string;
  readonly exported: number;
  /** Runs that the server had already, found by their tag `thoracle.run_id`. */
  readonly already: number;
}

/** What one request may carry (MLflow's REST documentation, log-batch). */
const mostParameters = 100;
const mostMetrics = 1000;
const longestParameter = 6000;
/** Tags of every back end of a server hold at least so much (REST documentation, set-tag). */
const longestTag = 5000;
const requestTimeoutMs = 30_000;

/**
 * Sends runs to an MLflow tracking server over its REST API 2.0, parents before children. A run that is there already is
 * left alone, so an export that broke off can simply be repeated.
 * @param fetchOf replaces the built-in fetch in tests
 * @throws TrainingError TRAIN_MLFLOW naming the address and what the server said
 * @see https://mlflow.org/docs/latest/rest-api.html
 */
export async function exportToMlflow(
  runs: readonly RunRecord[],
  target: MlflowTarget,
  fetchOf: typeof fetch = fetch,
): Promise<MlflowExport> {
  const server = new MlflowServer(target, fetchOf);
  const experimentId = await server.experiment(target.experiment);
  const known = new Map<string, string>();
  let exported = 0;
  let already = 0;
  for (const run of parentsFirst(runs)) {
    const there = await server.find(experimentId, run.runId);
    if (there === undefined) exported++;
    else already++;
    known.set(run.runId, there ?? (await server.create(experimentId, run, known.get(run.parentId ?? ''))));
  }
  return { experimentId, exported, already };
}

function parentsFirst(runs: readonly RunRecord[]): readonly RunRecord[] {
  const byTime = [...runs].sort((a, b) => a.startedAtMs - b.startedAtMs || (a.runId < b.runId ? -1 : 1));
  const ids = new Set(runs.map((run) => run.runId));
  const isChild = (run: RunRecord): boolean => run.parentId !== null && ids.has(run.parentId);
  return [...byTime.filter((run) => !isChild(run)), ...byTime.filter(isChild)];
}

type Reply = Readonly<Record<string, unknown>>;

class MlflowServer {
  readonly #base: string;

  constructor(
    private readonly target: MlflowTarget,
    private readonly fetchOf: typeof fetch,
  ) {
    this.#base = `${target.url.replace(/\/+$/, '')}/api/2.0/mlflow`;
  }

  async experiment(name: string): Promise<string> {
    const found = await this.#call(
      'GET',
      `experiments/get-by-name?experiment_name=${encodeURIComponent(name)}`,
      undefined,
      [404],
    );
    const experiment = found?.experiment as { readonly experiment_id?: unknown } | undefined;
    if (experiment !== undefined) return this.#text(experiment.experiment_id, 'experiment_id');
    const made = await this.#call('POST', 'experiments/create', { name });
    return this.#text(made?.experiment_id, 'experiment_id');
  }

  async find(experimentId: string, runId: string): Promise<string | undefined> {
    const reply = await this.#call('POST', 'runs/search', {
      experiment_ids: [experimentId],
      filter: `tags.\`thoracle.run_id\` = '${runId}'`,
      max_results: 1,
    });
    const [first] = (reply?.runs ?? []) as readonly { readonly info?: { readonly run_id?: unknown } }[];
    return first === undefined ? undefined : this.#text(first.info?.run_id, 'run_id');
  }

  async create(experimentId: string, run: RunRecord, parent: string | undefined): Promise<string> {
    const tags = {
      'thoracle.run_id': run.runId,
      'thoracle.kind': run.kind,
      'thoracle.code_version': run.codeVersion,
      'thoracle.host': run.host,
      'thoracle.inputs': JSON.stringify(run.inputs),
      'thoracle.groups': JSON.stringify(run.groups),
      'thoracle.artifacts': JSON.stringify(run.artifacts),
      ...(run.failure === null ? {} : { 'thoracle.failure': run.failure }),
      ...(parent === undefined ? {} : { 'mlflow.parentRunId': parent }),
    };
    const made = await this.#call('POST', 'runs/create', {
      experiment_id: experimentId,
      start_time: run.startedAtMs,
      run_name: run.name,
      tags: Object.entries(tags).map(([key, value]) => ({ key, value: value.slice(0, longestTag) })),
    });
    const info = (made?.run as { readonly info?: { readonly run_id?: unknown } } | undefined)?.info;
    const id = this.#text(info?.run_id, 'run_id');
    await this.#log(id, run);
    await this.#call('POST', 'runs/update', {
      run_id: id,
      status: run.status === 'finished' ? 'FINISHED' : 'FAILED',
      end_time: run.startedAtMs + Math.round(run.durationSeconds * 1000),
    });
    return id;
  }

  async #log(id: string, run: RunRecord): Promise<void> {
    const parameters = Object.entries(run.parameters).map(([key, value]) => ({
      key,
      value: String(value).slice(0, longestParameter),
    }));
    const metrics = Object.entries(run.metrics).flatMap(([name, { value, low, high }]) =>
      Object.entries({ [name]: value, [`${name}_low`]: low, [`${name}_high`]: high })
        .filter(([, number]) => number !== undefined)
        .map(([key, number]) => ({ key, value: number, timestamp: run.startedAtMs, step: 0 })),
    );
    for (let at = 0; at < parameters.length; at += mostParameters) {
      await this.#call('POST', 'runs/log-batch', { run_id: id, params: parameters.slice(at, at + mostParameters) });
    }
    for (let at = 0; at < metrics.length; at += mostMetrics) {
      await this.#call('POST', 'runs/log-batch', { run_id: id, metrics: metrics.slice(at, at + mostMetrics) });
    }
  }

  /** @returns undefined where the status is one of `accepted` */
  async #call(
    method: string,
    path: string,
    body?: unknown,
    accepted: readonly number[] = [],
  ): Promise<Reply | undefined> {
    let response: Response;
    let text: string;
    try {
      response = await this.fetchOf(`${this.#base}/${path}`, {
        method,
        signal: AbortSignal.timeout(requestTimeoutMs),
        headers: {
          'content-type': 'application/json',
          ...(this.target.token === undefined ? {} : { authorization: `Bearer ${this.target.token}` }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      text = await response.text();
    } catch (error) {
      const cause =
        error instanceof Error ? ((error.cause as Error | undefined)?.message ?? error.message) : String(error);
      return this.#refuse(cause);
    }
    if (accepted.includes(response.status)) return undefined;
    if (!response.ok)
      return this.#refuse(`${path.split('?')[0]} was answered with ${response.status}: ${text.slice(0, 300)}`);
    try {
      return JSON.parse(text === '' ? '{}' : text) as Reply;
    } catch {
      return this.#refuse(
        `${path.split('?')[0]} was answered with something that is no JSON; is this an MLflow server?`,
      );
    }
  }

  #text(value: unknown, what: string): string {
    return typeof value === 'string' && value !== '' ? value : this.#refuse(`an answer holds no ${what}`);
  }

  #refuse(what: string): never {
    throw trainingError('TRAIN_MLFLOW', this.target.url, what);
  }
}
