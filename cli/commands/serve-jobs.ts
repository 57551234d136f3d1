import type { Command } from 'commander';
import type { Registry } from 'prom-client';
import { type AppOptions, jobsExtension, type ServerExtension } from '../../serving/index.js';
import { CliError, cliErrors } from '../errors.js';
import { wholeNumber } from '../option-values.js';

/** Options of `thoracle serve` about answers that are fetched later. */
export interface JobsCommandOptions {
  readonly jobs?: string;
  readonly jobsHours?: number;
}

/** Adds them to the command. */
export function addJobsOptions(command: Command): Command {
  return command
    .option('--jobs <dir>', 'requests with "Prefer: respond-async" become jobs, kept here until their time is over')
    .option('--jobs-hours <n>', 'how long a job is kept after its end; default 24', wholeNumber(1, 24 * 365));
}

/** The extension that the options ask for, which must be the first of all. @throws CliError CLI_OPTIONS_CLASH, ServingError SERVING_JOBS_FOLDER */
export async function openJobs(
  { jobs, jobsHours }: JobsCommandOptions,
  { verify }: Pick<AppOptions, 'verify'>,
  registry: Registry,
): Promise<readonly ServerExtension[]> {
  if (jobs === undefined) {
    if (jobsHours === undefined) return [];
    throw new CliError('CLI_OPTIONS_CLASH', cliErrors.CLI_OPTIONS_CLASH('--jobs-hours needs --jobs'));
  }
  const extension = await jobsExtension({
    folder: jobs,
    registry,
    ...(jobsHours === undefined ? {} : { keptMs: jobsHours * 3_600_000 }),
    ...(verify === undefined ? {} : { verify }),
  });
  return [extension];
}
