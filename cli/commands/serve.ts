import { basename } from 'node:path';
import { Command } from 'commander';
import { type Logger, pino } from 'pino';
import {
  type AppOptions,
  AuditLog,
  auditExtension,
  buildApp,
  type ContainerSettings,
  containerSettings,
  type Following,
  followRegistry,
  listen,
  ModelHost,
  metricsExtension,
  modelFolder,
  parseEndpoints,
  readModel,
} from '../../serving/index.js';
import { type MemberServer, memberPlace } from '../../serving/processes/index.js';
import type { CommandContext } from '../context.js';
import { CliError, cliErrors } from '../errors.js';
import { readTextFile } from '../input-file.js';
import { createOutput } from '../io.js';
import { wholeNumber } from '../option-values.js';
import { readServedModel } from '../served-model.js';
import { stopSignal } from '../stop-signal.js';
import { type AccessOptions, addAccessOptions, openAccess } from './serve-access.js';
import { leftToPlatform } from './serve-container.js';
import { drainMs } from './serve-drain.js';
import { addJobsOptions, type JobsCommandOptions, openJobs } from './serve-jobs.js';
import { serveKeyCommand } from './serve-key.js';
import { optionsOfMember, serveAsMember } from './serve-member.js';
import { addMonitoringOptions, type MonitoringOptions, openMonitoring } from './serve-monitoring.js';
import { pagesOf } from './serve-pages.js';
import { addProcessesOption, type ProcessesOptions, serveProcesses } from './serve-processes.js';
import type { ServedStore } from './serve-store.js';

interface ServeOptions extends AccessOptions, JobsCommandOptions, MonitoringOptions, ProcessesOptions {
  readonly model?: string;
  readonly models?: string;
  readonly modelMemory?: number;
  readonly store?: string;
  readonly storeKeys?: string;
  readonly endpoints?: string;
  readonly accessKeys?: string;
  readonly audit?: string;
  readonly port?: number;
  readonly host?: string;
  /** Default: when there is a store. */
  readonly pages?: boolean;
  /** Folder of raw files, for the pages. */
  readonly cohort?: string;
  /** The pages may run the pipelines, so that the store is opened for writing. */
  readonly pipelines?: boolean;
  readonly json?: boolean;
}

/** What the one model of the command is called in addresses. */
const modelName = 'model';
/** Where the managed platform puts a model into a container. */
const containerModel = '/opt/ml/model';
/** Where it puts the models of a container that serves many. */
const containerModels = '/opt/ml/models';

/** `thoracle serve [--model PLACE] [--store FILE] [--port 8080] [--host 127.0.0.1]`. */
export function serveCommand(context: CommandContext): Command {
  const serve = new Command('serve')
    .description('serve a model over HTTP until stopped (Ctrl-C or SIGTERM)')
    .option(
      '--model <place>',
      `a trained model, folder or model.tar.gz, or XGBoost’s own file in it; without it ${containerModel}, as in a container`,
    )
    .option('--models <dir>', 'a folder of models: loaded when asked for, and over HTTP (POST /models)')
    .option('--registry <dir>', 'model versions: serves those in production, and swaps when another one is promoted')
    .option('--model-memory <mb>', 'of all loaded models together; idle ones make room', wholeNumber(1, 1_000_000))
    .option('--store <file>', 'a feature store, so that POST /predict can look patients up')
    .option('--store-keys <file>', 'access keys: serve the store’s own routes too, for reading')
    .option('--endpoints <file>', 'YAML or JSON: endpoints of several variants for the cloud’s runtime client')
    .option('--access-keys <file>', 'access keys: /endpoints answers requests that are signed with one of them')
    .option(
      '--audit <file>',
      'append who asked which model when, and the outcome, to a log that cannot be changed unseen',
    )
    .option('--port <n>', '0 takes any free port; default SAGEMAKER_BIND_TO_PORT, or 8080', wholeNumber(0, 65_535))
    .option('--host <address>', `address to listen on; default 127.0.0.1, for ${containerModel} 0.0.0.0`)
    .option('--pages', 'serve the pages of the studio under /studio/; on by itself with --store')
    .option('--no-pages', 'serve no pages')
    .option('--cohort <dir>', 'a folder of raw files, for the pictures of the pages')
    .option('--json', 'print one JSON document once listening');
  addMonitoringOptions(addJobsOptions(addProcessesOption(addAccessOptions(serve)))).addCommand(
    serveKeyCommand(context),
  );
  return serve.action(async (options: ServeOptions) => {
    const place = memberPlace(process.env);
    if (place !== undefined) {
      await serveAsMember(place, (gather) => {
        const { multiModel } = containerSettings(process.env);
        return startServer(optionsOfMember(options, place, multiModel), true, gather);
      });
      return;
    }
    if ((options.processes ?? 1) > 1) {
      await serveProcesses(options, context);
      return;
    }
    const output = createOutput(context.io, options.json === true);
    const stopped = stopSignal();
    const server = await startServer(options, true);
    output.answer({ url: server.url, docs: `${server.url}/docs` }, () =>
      [
        `listening on ${server.url} (API page: ${server.url}/docs)`,
        'Research software, not a medical device: not for clinical use.',
      ].join('\n'),
    );
    await stopped;
    await server.close();
  });
}

/**
 * A model behind HTTP, with its store when there is one; `close` ends both.
 * @param gather what `GET /metrics` makes of the metrics of this process; as they are without it
 */
export async function startServer(
  options: Omit<ServeOptions, 'json'>,
  log: boolean,
  gather?: (own: string) => Promise<string>,
): Promise<MemberServer> {
  const logger = log ? pino(pino.destination(2)) : undefined;
  assertStoreOfKeys(options);
  const container = containerSettings(process.env);
  const runtime = await runtimeOptions(options);
  const inContainer = leftToPlatform(options);
  const host = options.host ?? (inContainer ? '0.0.0.0' : '127.0.0.1');
  // What is open, to be closed in the opposite order.
  const open: (() => unknown)[] = [];
  const closeAll = async () => {
    for (const close of open.reverse()) await close();
  };
  try {
    const access = await openAccess(options, host, {
      isolated: inContainer && options.host === undefined,
      signedRuntime: options.accessKeys !== undefined,
    });
    open.push(access.close);
    const { following, ...served } = await servedModels(options, container, logger);
    if (following !== undefined) open.push(following.close);
    const monitoring = await openMonitoring(options, served.models, { following, logger });
    open.push(monitoring.close);
    const audit = options.audit === undefined ? undefined : await AuditLog.open(options.audit);
    if (audit !== undefined) open.push(() => audit.close());
    const beside = await servedStore(options);
    const store = beside?.store;
    if (beside !== undefined) open.push(() => beside.close());
    const metrics = metricsExtension({
      models: served.models,
      registry: monitoring.metrics,
      ...(gather === undefined ? {} : { gather }),
    });
    const app = buildApp({
      ...served,
      ...runtime,
      container,
      ...access.app,
      extensions: [
        ...(await openJobs(options, runtime, monitoring.metrics)),
        metrics,
        ...access.extensions,
        ...monitoring.extensions,
        ...(audit === undefined ? [] : [auditExtension(audit, served.models)]),
        ...(await pagesOf(options, { ...served, store })),
      ],
      ...(store === undefined ? {} : { store }),
      ...(logger === undefined ? {} : { logger }),
    });
    beside?.addRoutes(app);
    const listening = await listen(app, { host, port: options.port ?? container.port, drainMs });
    open.push(listening.close);
    return { url: listening.url, linger: listening.linger, close: closeAll, metricsPage: metrics.page };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** @throws CliError CLI_OPTIONS_CLASH */
function assertStoreOfKeys({ store, storeKeys }: Pick<ServeOptions, 'store' | 'storeKeys'>): void {
  if (storeKeys === undefined || store !== undefined) return;
  throw new CliError('CLI_OPTIONS_CLASH', cliErrors.CLI_OPTIONS_CLASH('--store-keys needs --store'));
}

/** The store, where there is one. Its room is loaded only then. */
async function servedStore({
  store,
  storeKeys,
  pipelines = false,
}: Pick<ServeOptions, 'store' | 'storeKeys' | 'pipelines'>): Promise<ServedStore | undefined> {
  if (store === undefined) return undefined;
  const { openServedStore } = await import('./serve-store.js');
  return openServedStore(store, { keyFile: storeKeys, writable: pipelines });
}

/** What the cloud's runtime client may call, and who. */
async function runtimeOptions(
  options: Pick<ServeOptions, 'endpoints' | 'accessKeys'>,
): Promise<Pick<AppOptions, 'endpoints' | 'verify'>> {
  const { endpoints: file, accessKeys: keyFile } = options;
  const endpoints = file === undefined ? undefined : await parseEndpoints(await readTextFile(file), basename(file));
  const signed = keyFile === undefined ? undefined : await import('./serve-store.js');
  return {
    ...(endpoints === undefined ? {} : { endpoints }),
    ...(signed === undefined || keyFile === undefined ? {} : { verify: await signed.runtimeVerifier(keyFile) }),
  };
}

/** The models to answer from: one by its place, a folder of them, or both; none named is what the managed platform means. */
async function servedModels(
  options: Pick<ServeOptions, 'model' | 'models' | 'modelMemory' | 'registry' | 'pages'>,
  { multiModel }: ContainerSettings,
  logger: Logger | undefined,
): Promise<Pick<AppOptions, 'models' | 'defaultModel' | 'repository'> & { readonly following?: Following }> {
  const memory = options.modelMemory === undefined ? {} : { memoryLimitBytes: options.modelMemory * 1024 * 1024 };
  if (options.registry !== undefined) return registryModels(options.registry, options, memory, logger);
  const unnamed = leftToPlatform(options);
  const folder = options.models ?? (multiModel && unnamed ? containerModels : undefined);
  const repository = folder === undefined ? undefined : modelFolder(folder);
  const models = new ModelHost({
    read: readServedModel,
    // The platform loads what it wants and expects 404 for what it has not loaded.
    ...(repository === undefined || options.models === undefined ? {} : { locate: repository.locate }),
    ...memory,
  });
  const place = options.model ?? (folder === undefined && unnamed ? containerModel : undefined);
  if (place !== undefined) await models.load(modelName, place);
  return {
    models,
    ...(place === undefined ? {} : { defaultModel: modelName }),
    ...(repository === undefined ? {} : { repository }),
  };
}

/** The promoted versions of a registry, followed as long as the server runs. The only model of a registry is the default one. */
async function registryModels(
  registry: string,
  { model, models: folder }: Pick<ServeOptions, 'model' | 'models'>,
  memory: { readonly memoryLimitBytes?: number },
  logger: Logger | undefined,
): Promise<Pick<AppOptions, 'models' | 'defaultModel'> & { readonly following: Following }> {
  if (model !== undefined || folder !== undefined) {
    const what = '--registry does not go with --model or --models';
    throw new CliError('CLI_OPTIONS_CLASH', cliErrors.CLI_OPTIONS_CLASH(what));
  }
  const models = new ModelHost({ read: readModel, ...memory });
  const onTrouble = (err: unknown) =>
    logger?.error({ err }, 'the promoted model cannot be served; the one before goes on answering');
  const following = await followRegistry(models, registry, { onTrouble });
  const [only, ...others] = following.names;
  return { models, following, ...(only === undefined || others.length > 0 ? {} : { defaultModel: only }) };
}
