import {
  fileOfMember,
  leadChannel,
  type MemberPlace,
  type MemberServer,
  Membership,
} from '../../serving/processes/index.js';
import { CliError, cliErrors } from '../errors.js';
import { leftToPlatform, type ServedPlaces } from './serve-container.js';

/** Options that a process of several has for itself. */
interface OwnOptions extends ServedPlaces {
  readonly audit?: string;
  readonly rateLimit?: number;
  readonly capture?: string;
  readonly captureKey?: string;
}

/**
 * What one of several processes makes of the options: an audit log of its own, and its share of the rate limit.
 * @param multiModel the managed platform loads models into this container over HTTP, unless the options say what is served
 * @throws CliError CLI_OPTIONS_CLASH where a process could not answer as the others do
 */
export function optionsOfMember<Options extends OwnOptions>(
  options: Options,
  { number, processes }: MemberPlace,
  multiModel = false,
): Options {
  const { models, audit, rateLimit, capture, captureKey } = options;
  if (models !== undefined || (multiModel && leftToPlatform(options))) {
    const loads = models === undefined ? 'SAGEMAKER_MULTI_MODEL' : '--models';
    const what = `--processes does not go with ${loads}: what is loaded over HTTP would be in one process only`;
    throw new CliError('CLI_OPTIONS_CLASH', cliErrors.CLI_OPTIONS_CLASH(what));
  }
  if (capture !== undefined && captureKey === undefined) {
    const what =
      '--processes with --capture needs --capture-key: each process would hide the same identifier in its own way';
    throw new CliError('CLI_OPTIONS_CLASH', cliErrors.CLI_OPTIONS_CLASH(what));
  }
  return {
    ...options,
    ...(audit === undefined ? {} : { audit: fileOfMember(audit, number) }),
    ...(rateLimit === undefined ? {} : { rateLimit: Math.ceil(rateLimit / processes) }),
  };
}

/**
 * Serves as one of several processes until their lead asks to stop.
 * @param start starts the server; `gather` adds the metrics of the other processes to its own
 */
export async function serveAsMember(
  place: MemberPlace,
  start: (gather: (own: string) => Promise<string>) => Promise<MemberServer>,
): Promise<void> {
  // A terminal sends these to all; the lead decides.
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
  const membership = new Membership(place, leadChannel());
  process.once('SIGTERM', () => membership.drain(0));
  await membership.serve(await start((own) => membership.gather(own)));
}
