import { Command, Option } from 'commander';
import { type FeatureStore, openDuckDbStore } from '../../featurestore/index.js';
import {
  bestRun,
  type Comparison,
  compareRuns,
  exportToMlflow,
  findRun,
  type Lineage,
  lineageOf,
  listRuns,
  type RunKind,
  type RunRecord,
} from '../../training/index.js';
import type { CommandContext } from '../context.js';
import { createOutput, textTable } from '../io.js';

interface RunsOptions {
  readonly store: string;
  readonly json?: boolean;
}

const kinds: readonly RunKind[] = ['train', 'evaluate', 'import', 'pipeline', 'imaging-job', 'batch'];

/** `thoracle experiments list|show|compare|best|lineage|export`. */
export function experimentsCommand(context: CommandContext): Command {
  const runs = new Command('experiments').description('what was run: parameters, inputs, metrics, lineage');
  for (const command of [list, show, compare, best, lineage, exportRuns]) runs.addCommand(command(context));
  return runs;
}

function subcommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .requiredOption('--store <file>', 'the store that remembers the runs')
    .option('--json', 'print one JSON document');
}

async function withStore<T>(file: string, work: (store: FeatureStore) => Promise<T>): Promise<T> {
  const store = await openDuckDbStore({ file, readOnly: true });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

function list(context: CommandContext): Command {
  return subcommand('list', 'every run, newest first')
    .addOption(new Option('--kind <kind>', 'only these').choices(kinds))
    .action(async (options: RunsOptions & { readonly kind?: RunKind }) => {
      const filter = options.kind === undefined ? {} : { kind: options.kind };
      const runs = await withStore(options.store, (store) => listRuns(store, filter));
      createOutput(context.io, options.json === true).answer(runs, () =>
        runs.length === 0
          ? 'no runs yet'
          : textTable(
              ['run', 'started', 'kind', 'status', 'seconds', 'name'],
              runs.map((run) => [
                run.runId,
                new Date(run.startedAtMs).toISOString().slice(0, 19),
                run.kind,
                run.status,
                Number(run.durationSeconds.toFixed(1)),
                run.name,
              ]),
            ),
      );
    });
}

function show(context: CommandContext): Command {
  return subcommand('show', 'one run whole')
    .argument('<run>', 'its id, or the beginning of it')
    .action(async (id: string, options: RunsOptions) => {
      const run = await withStore(options.store, (store) => findRun(store, id));
      createOutput(context.io, options.json === true).answer(run, () => runText(run));
    });
}

function compare(context: CommandContext): Command {
  return subcommand('compare', 'parameters and metrics side by side')
    .argument('<runs...>', 'ids, or the beginnings of them')
    .action(async (ids: readonly string[], options: RunsOptions) => {
      const runs = await withStore(options.store, (store) => Promise.all(ids.map((id) => findRun(store, id))));
      const compared = compareRuns(runs);
      createOutput(context.io, options.json === true).answer({ runs: runs.map((run) => run.runId), ...compared }, () =>
        textTable(
          ['', ...runs.map((run) => run.runId)],
          [...compared.parameters, ...compared.metrics].map((line) => [label(line), ...line.values.map(cell)]),
        ),
      );
    });
}

function best(context: CommandContext): Command {
  return subcommand('best', 'the finished run with the best value of a metric')
    .argument('<metric>', 'for example harrellC, rocAuc, brier')
    .action(async (metric: string, options: RunsOptions) => {
      const run = await withStore(options.store, (store) => bestRun(store, metric));
      createOutput(context.io, options.json === true).answer(run, () => runText(run));
    });
}

function lineage(context: CommandContext): Command {
  return subcommand('lineage', 'from a prediction, model or run back to the source files')
    .argument('<id>', 'id of a model or of a run')
    .option(
      '--case <patient>',
      'start at the prediction for this patient: adds the records it reads, with their sources',
    )
    .action(async (id: string, options: RunsOptions & { readonly case?: string }) => {
      const graph = await withStore(options.store, (store) => lineageOf(store, id, options.case));
      createOutput(context.io, options.json === true).answer(graph, () => lineageText(graph));
    });
}

function exportRuns(context: CommandContext): Command {
  return subcommand('export', 'send the runs to an MLflow tracking server')
    .requiredOption('--mlflow <url>', 'address of the server; a token is taken from MLFLOW_TRACKING_TOKEN')
    .option('--experiment <name>', 'experiment that takes the runs', 'thoracle')
    .action(async (options: RunsOptions & { readonly mlflow: string; readonly experiment: string }) => {
      const runs = await withStore(options.store, (store) => listRuns(store));
      const token = process.env.MLFLOW_TRACKING_TOKEN;
      const result = await exportToMlflow(runs, {
        url: options.mlflow,
        experiment: options.experiment,
        ...(token === undefined ? {} : { token }),
      });
      createOutput(context.io, options.json === true).answer(
        result,
        () =>
          `${result.exported} runs sent to the experiment "${options.experiment}", ${result.already} were there already`,
      );
    });
}

function label({ name, differs }: Comparison): string {
  return differs ? `* ${name}` : `  ${name}`;
}

function cell(value: Comparison['values'][number]): string | number {
  if (value === undefined || value === null) return '-';
  return typeof value === 'number' && !Number.isInteger(value) ? value.toFixed(4) : String(value);
}

function runText(run: RunRecord): string {
  const lines = [
    `run ${run.runId}: ${run.kind}, ${run.name}`,
    `${run.status}${run.failure === null ? '' : ` (${run.failure})`}, ${new Date(run.startedAtMs).toISOString()}, ${run.durationSeconds.toFixed(1)} s on ${run.host}, ${run.codeVersion}`,
    ...(run.parentId === null ? [] : [`part of run ${run.parentId}`]),
    '',
    textTable(
      ['parameter', 'value'],
      Object.entries(run.parameters).map(([name, value]) => [name, cell(value)]),
    ),
    '',
    textTable(
      ['metric', 'value', 'low', 'high'],
      Object.entries(run.metrics).map(([name, { value, low, high }]) => [name, cell(value), cell(low), cell(high)]),
    ),
    '',
    ...run.groups.map(({ name, version }) => `read ${name} version ${version}`),
    ...run.artifacts.map(({ name, sha256 }) => `made ${name} (${sha256.slice(0, 12)})`),
  ];
  return lines.join('\n');
}

function lineageText({ nodes, edges }: Lineage): string {
  const labels = new Map(nodes.map((node) => [node.id, `${node.kind} ${node.label}`]));
  return edges.map(({ from, to }) => `${labels.get(from)}  <-  ${labels.get(to)}`).join('\n');
}
