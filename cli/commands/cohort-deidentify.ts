import { Command, Option } from 'commander';
import {
  type CheckedFolder,
  checkFolder,
  type DeidentifiedFolder,
  deidentifyFolder,
  type RetainOption,
  randomKey,
  readOrMakeKey,
  readPatientIds,
  retainOptions,
} from '../../cohort/index.js';
import type { CommandContext } from '../context.js';
import { CliError, cliErrors } from '../errors.js';
import { exitCode } from '../exit-code.js';
import { createOutput, noteAll, type Output, textTable } from '../io.js';
import { progressView } from '../progress.js';

interface DeidentifyCommandOptions {
  readonly retain: readonly RetainOption[];
  readonly key?: string;
  readonly ids?: string;
  readonly keepBurnedIn?: boolean;
  readonly check?: boolean;
  readonly json?: boolean;
}

/** `thoracle cohort deidentify IN OUT [--retain …] [--key FILE]`, `cohort deidentify IN --check`. */
export function deidentifyCommand(context: CommandContext): Command {
  return new Command('deidentify')
    .description(
      'copy DICOM files without names, dates and numbers that identify (PS3.15 Basic Profile), or check that none is left',
    )
    .argument('<in>', 'folder with DICOM files; it is only read')
    .argument('[out]', 'a new or empty folder; not with --check')
    .addOption(new Option('--retain <what...>', 'keep these attributes').choices(retainOptions).default([], 'nothing'))
    .option(
      '--key <file>',
      'secret of ids and UIDs, made when absent; the same key gives the same ids again (default: a key for this run)',
    )
    .option('--ids <file.csv>', 'patient ids to give instead: columns "original" and "new"')
    .option('--keep-burned-in', 'also write images that say that names are burned into their pixels')
    .option('--check', 'write nothing; exit code 1 when an identifier is found')
    .option('--json', 'print one JSON document')
    .action((input: string, out: string | undefined, options: DeidentifyCommandOptions) => {
      refuseClashes(out, options);
      return options.check === true || out === undefined
        ? check(input, options, context)
        : deidentify(input, out, options, context);
    });
}

function refuseClashes(out: string | undefined, options: DeidentifyCommandOptions): void {
  const clash = (what: string): never => {
    throw new CliError('CLI_OPTIONS_CLASH', cliErrors.CLI_OPTIONS_CLASH(what));
  };
  const { check: checks, retain, key, keepBurnedIn } = options;
  if (checks === true && (out !== undefined || key !== undefined || keepBurnedIn === true)) {
    clash('--check only reads: give it no output folder, no --key and no --keep-burned-in');
  }
  if (checks !== true && out === undefined)
    clash('an output folder is missing; expected IN and OUT, or IN with --check');
  if (retain.includes('dates') && retain.includes('shifted-dates')) {
    clash('--retain dates and shifted-dates exclude each other: dates stay as they are or are moved');
  }
}

async function deidentify(
  input: string,
  out: string,
  options: DeidentifyCommandOptions,
  context: CommandContext,
): Promise<void> {
  const output = createOutput(context.io, options.json === true);
  const patientIds = options.ids === undefined ? undefined : await readPatientIds(options.ids);
  const { secret, made } =
    options.key === undefined ? { secret: randomKey(), made: false } : await readOrMakeKey(options.key);
  if (made) output.note(`made a new key in ${options.key}; keep it secret and apart from the data`);
  const view = progressView('de-identifying', context.io.stderr);
  const result = await deidentifyFolder(input, out, {
    ...{ retain: options.retain, secret, keepBurnedIn: options.keepBurnedIn === true },
    ...(patientIds && { patientIds }),
    onProgress: (done, total, failed) => view.update(done, total, failed),
  }).finally(() => view.stop());
  noteAll(
    output,
    result.problems.map(({ file, reason }) => `${file}: ${reason}`),
  );
  const { report } = result;
  if (report.burnedIn.length > 0) {
    output.note(
      `look at ${report.burnedIn.length} written images: names may be burned into their pixels (listed in the report)`,
    );
  }
  output.answer(report, () => deidentifiedText(result, out));
  context.exit(result.problems.length > 0 ? exitCode.someFailed : exitCode.ok);
}

function deidentifiedText({ report }: DeidentifiedFolder, out: string): string {
  const { written, patients, heldBack, failed, notDicom } = report;
  const head = `${written} files of ${patients} patients written to ${out}; ${heldBack} held back, ${failed} failed, ${notDicom} no DICOM`;
  const rows = report.attributes.map(({ tag, name, action, elements }) => [tag, name, action, elements]);
  return `${head}\n${textTable(['tag', 'attribute', 'action', 'elements'], rows)}`;
}

async function check(input: string, options: DeidentifyCommandOptions, context: CommandContext): Promise<void> {
  const output = createOutput(context.io, options.json === true);
  const ids = options.ids === undefined ? undefined : await readPatientIds(options.ids);
  const view = progressView('checking', context.io.stderr);
  const result = await checkFolder(input, {
    retain: options.retain,
    ...(ids && { patientIds: new Set(ids.values()) }),
    onProgress: (done, total, failed) => view.update(done, total, failed),
  }).finally(() => view.stop());
  report(output, result);
  const passed = result.findings.length + result.unreadable.length === 0;
  context.exit(passed ? exitCode.ok : exitCode.someFailed);
}

function report(output: Output, result: CheckedFolder): void {
  noteAll(
    output,
    result.unreadable.map(({ file, reason }) => `${file}: ${reason}`),
  );
  output.answer(result, () => {
    const { checked, notDicom, findings, unreadable } = result;
    const head = `${checked} DICOM files checked, ${notDicom} others not; ${findings.length} findings, ${unreadable.length} files not readable`;
    const byKind = new Map<string, { row: string[]; files: number }>();
    for (const { tag, name, reason, file } of findings) {
      const key = `${tag} ${reason}`;
      const known = byKind.get(key);
      if (known === undefined) byKind.set(key, { row: [tag, name, reason, file], files: 1 });
      else known.files++;
    }
    if (byKind.size === 0) return head;
    const rows = [...byKind.values()].map(({ row, files }) => [...row.slice(0, 3), files, row[3] ?? '']);
    return `${head}\n${textTable(['tag', 'attribute', 'reason', 'elements', 'first file'], rows)}`;
  });
}
