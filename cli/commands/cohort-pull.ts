import { Command, InvalidArgumentError } from 'commander';
import { credentialVariables, defaultPoliteness, pullCohort, readCredentials } from '../../cohort/index.js';
import type { CommandContext } from '../context.js';
import { CliError, cliErrors } from '../errors.js';
import { exitCode } from '../exit-code.js';
import { createOutput, noteAll } from '../io.js';
import { wholeNumber } from '../option-values.js';
import { progressView } from '../progress.js';

interface PullCommandOptions {
  readonly dicomweb: string;
  readonly dest: string;
  readonly patient?: readonly string[];
  readonly query?: Readonly<Record<string, string>>;
  readonly modalities: readonly string[];
  readonly credentials?: string;
  readonly parallel: number;
  readonly json?: boolean;
}

/** `thoracle cohort pull --dicomweb URL --dest DIR --patient ID…|--query KEY=VALUE…`. */
export function pullCommand(context: CommandContext): Command {
  const { user, password, token } = credentialVariables;
  return new Command('pull')
    .description('fetch series from a PACS by DICOMweb (QIDO-RS, WADO-RS); run again it goes on where it stopped')
    .requiredOption('--dicomweb <url>', 'base address, as https://pacs.example/dicom-web', serviceAddress)
    .requiredOption('--dest <dir>', 'folder for the files; may hold an earlier pull')
    .option('--patient <id...>', 'patients by id')
    .option(
      '--query <key=value>',
      'an attribute by its keyword, as StudyDate=20190101-20191231; may be repeated',
      addCondition,
    )
    .option('--modalities <m...>', 'kinds of series', ['CT', 'SEG', 'RTSTRUCT'])
    .option(
      '--credentials <file>',
      `one line "user:password" or "Bearer TOKEN" (default: ${user} and ${password}, or ${token}, of the environment)`,
    )
    .option('--parallel <n>', 'files at a time', wholeNumber(1, 64), 4)
    .option('--json', 'print one JSON document')
    .action((options: PullCommandOptions) => pull(options, context));
}

function serviceAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new InvalidArgumentError('It must be an http or https address.');
  if (url.username !== '' || url.password !== '') {
    throw new InvalidArgumentError('It must hold no user and password: others can read a command line.');
  }
  return text.replace(/\/+$/, '');
}

function addCondition(text: string, before: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const [, key, value] = /^([A-Za-z0-9]+)=(.+)$/.exec(text) ?? [];
  if (key === undefined || value === undefined) throw new InvalidArgumentError('It must look like StudyDate=20190101.');
  return { ...before, [key]: value };
}

async function pull(options: PullCommandOptions, context: CommandContext): Promise<void> {
  const output = createOutput(context.io, options.json === true);
  const { patient: patients = [], query = {}, modalities, parallel, dest } = options;
  if (patients.length === 0 && Object.keys(query).length === 0) {
    throw new CliError(
      'CLI_OPTIONS_CLASH',
      cliErrors.CLI_OPTIONS_CLASH('nothing chooses patients; expected --patient or --query'),
    );
  }
  const authorization = await readCredentials(options.credentials, process.env);
  const { hostname, protocol } = new URL(options.dicomweb);
  if (authorization !== undefined && protocol === 'http:' && !['127.0.0.1', 'localhost', '[::1]'].includes(hostname)) {
    output.note('note: credentials go unencrypted over http; use https where the server offers it');
  }
  const service = {
    url: options.dicomweb,
    politeness: defaultPoliteness,
    ...(authorization !== undefined && { authorization }),
  };
  const view = progressView('fetching files', context.io.stderr);
  const result = await pullCohort(service, dest, {
    ...{ patients, query, modalities, parallel },
    onProgress: (done, total, failed) => view.update(done, total, failed),
  }).finally(() => view.stop());
  noteAll(output, result.failed);
  output.answer(result, () => {
    const { series, patients: people, fetched, alreadyThere, failed } = result;
    return `${series} series of ${people} patients: ${fetched} files fetched into ${dest}, ${alreadyThere} were there, ${failed.length} failed`;
  });
  context.exit(result.failed.length > 0 ? exitCode.someFailed : exitCode.ok);
}
