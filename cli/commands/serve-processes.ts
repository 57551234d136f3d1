import { Command } from 'commander';
import { pino } from 'pino';
import { clusterMembers, Fleet, type FleetEvent, MemberEnded } from '../../serving/processes/index.js';
import type { CommandContext } from '../context.js';
import { type ExitCode, exitCode } from '../exit-code.js';
import { createOutput } from '../io.js';
import { wholeNumber } from '../option-values.js';
import { stopSignal } from '../stop-signal.js';
import { drainMs, lingerMs } from './serve-drain.js';

/** The part of `thoracle serve` that its first process reads; the others read all of it. */
export interface ProcessesOptions {
  readonly processes?: number;
  readonly json?: boolean;
}

/** Adds it to the command. */
export function addProcessesOption(command: Command): Command {
  return command.option(
    '--processes <n>',
    'that share the port; SIGHUP replaces them without dropping a request',
    wholeNumber(1, 256),
  );
}

/** `thoracle serve --processes N …` as its lead reads it: all other options are checked by the processes that it starts. */
export function leadCommand(context: CommandContext): Command {
  const lead = new Command('serve').option('--json').allowUnknownOption().allowExcessArguments();
  return addProcessesOption(lead).action((options: ProcessesOptions) => serveProcesses(options, context));
}

/** Starts the processes, follows signals, and ends with the last of them. */
export async function serveProcesses(
  { processes = 1, json }: ProcessesOptions,
  { io, exit }: CommandContext,
): Promise<void> {
  const output = createOutput(io, json === true);
  const logger = pino(pino.destination(2));
  const stopped = stopSignal();
  let fleet: Fleet | undefined;
  const reload = () => void fleet?.reload();
  process.on('SIGHUP', reload);
  try {
    fleet = await Fleet.start({
      processes,
      fork: clusterMembers(process.argv[1] as string, process.argv.slice(2)),
      drainMs,
      lingerMs,
      onEvent: (event) => logEvent(event, (level, about, text) => logger[level](about, text)),
    });
    const { url } = fleet;
    output.answer({ url, docs: `${url}/docs`, processes }, () =>
      [
        `listening on ${url} in ${processes} processes (API page: ${url}/docs)`,
        'Research software, not a medical device: not for clinical use.',
      ].join('\n'),
    );
    const failure = await Promise.race([stopped, fleet.failed]);
    await fleet.stop();
    if (failure !== undefined) throw failure;
  } catch (error) {
    // It has said itself what was wrong.
    if (!(error instanceof MemberEnded) || !isOwnCode(error.how)) throw error;
    exit(error.how);
  } finally {
    process.removeListener('SIGHUP', reload);
  }
}

function isOwnCode(how: number | string): how is ExitCode {
  return how === exitCode.badInput || how === exitCode.internal;
}

type Log = (level: 'info' | 'error', about: object, text: string) => void;

function logEvent({ what, ...event }: FleetEvent, log: Log): void {
  // The log's own "pid" is that of the lead.
  const { pid, ...rest } = { pid: undefined, ...event };
  const about = pid === undefined ? rest : { ...rest, process: pid };
  if (what === 'ended') log('error', about, 'a process ended by itself; another one takes its place');
  else if (what === 'reload-failed')
    log('error', about, 'not reloaded: a new process did not start; the old ones stay');
  else log('info', about, what === 'listening' || what === 'closed' ? `a process is ${what}` : what);
}
