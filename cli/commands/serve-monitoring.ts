import type { Command } from 'commander';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import {
  driftExtension,
  type Following,
  type ModelHost,
  openCapture,
  registryExtension,
  type ServerExtension,
} from '../../serving/index.js';
import { CliError, cliErrors } from '../errors.js';
import { share, wholeNumber } from '../option-values.js';

/** What watches over a server and its models. */
export interface MonitoringOptions {
  readonly registry?: string;
  readonly capture?: string;
  readonly captureShare?: number;
  readonly captureKey?: string;
  readonly captureLimit?: number;
}

/** Adds those of capturing to the command. */
export function addMonitoringOptions(command: Command): Command {
  return command
    .option('--capture <dir>', 'write a share of requests with their answers as JSON lines; identifiers are hidden')
    .option('--capture-share <share>', 'of requests, above 0, at most 1; default 0.1', share)
    .option(
      '--capture-key <file>',
      'hides identifiers the same way in every run; made when it is not there. Without it each run has a key of its own',
    )
    .option('--capture-limit <mb>', 'of all files together, the oldest go; default 1024', wholeNumber(1, 1_000_000));
}

/** The extensions that the options ask for, and what is to be closed with the server. */
export interface Monitoring {
  readonly extensions: readonly ServerExtension[];
  /** What they add to the page of metrics. */
  readonly metrics: Registry;
  close(): Promise<void>;
}

/** @throws CliError CLI_OPTIONS_CLASH; ServingError SERVING_CAPTURE */
export async function openMonitoring(
  options: MonitoringOptions,
  models: ModelHost,
  { following, logger }: { readonly following: Following | undefined; readonly logger: Logger | undefined },
): Promise<Monitoring> {
  const metrics = new Registry();
  const extensions: ServerExtension[] = [driftExtension({ models, registry: metrics })];
  if (options.registry !== undefined && following !== undefined) {
    // Loaded when a card is asked for: the room is heavy to start, and most servers never need it.
    const checklist = async (...facts: Parameters<typeof import('./model-card.js').cardOf>) =>
      (await (await import('./model-card.js')).cardOf(...facts)).tripod;
    extensions.push(registryExtension({ root: options.registry, models, following, checklist }));
  }
  const capture = await captureOf(options, metrics, logger);
  if (capture !== undefined) extensions.push(capture.extension);
  return { extensions, metrics, close: async () => capture?.close() };
}

async function captureOf(options: MonitoringOptions, registry: Registry, logger: Logger | undefined) {
  const { capture: folder, captureShare, captureKey, captureLimit } = options;
  if (folder === undefined) {
    if ((captureShare ?? captureKey ?? captureLimit) === undefined) return undefined;
    const what = '--capture-share, --capture-key and --capture-limit need --capture';
    throw new CliError('CLI_OPTIONS_CLASH', cliErrors.CLI_OPTIONS_CLASH(what));
  }
  return openCapture({
    folder,
    registry,
    ...(captureShare === undefined ? {} : { share: captureShare }),
    ...(captureKey === undefined ? {} : { keyFile: captureKey }),
    ...(captureLimit === undefined ? {} : { limitBytes: captureLimit * 1024 * 1024 }),
    onTrouble: (err) => logger?.error({ err }, 'capturing has stopped; requests are answered as before'),
  });
}
