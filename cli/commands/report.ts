import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { packageVersion } from '../../package-facts.js';
import { loadBundle } from '../../training/bundle/folder.js';
import { modelCard } from '../../training/index.js';
import { parseNestedEvaluation, parseReportData, renderEvaluation, renderReport } from '../../training/report/index.js';
import type { CommandContext } from '../context.js';
import { CliError, cliErrors } from '../errors.js';
import { readTextFile } from '../input-file.js';
import { createOutput } from '../io.js';

interface ReportCommandOptions {
  readonly model?: string;
  readonly evaluation?: string;
  readonly patients?: readonly string[];
  readonly out: string;
  readonly json?: boolean;
}

/** `thoracle report [--model DIR] [--evaluation FILE] [--patients ID…] --out FILE`. */
export function reportCommand(context: CommandContext): Command {
  return new Command('report')
    .description('write the report of a model or an evaluation as one HTML file that needs nothing else')
    .option('--model <dir>', 'a model with the report.json of its training')
    .option('--evaluation <file>', 'what `evaluate --json` printed: baselines and subsets')
    .option('--patients <id...>', 'patients whose answers are taken apart (default: lowest, middle and highest risk)')
    .requiredOption('--out <file>', 'HTML file to write')
    .option('--json', 'print one JSON document')
    .action(async (options: ReportCommandOptions) => {
      const page = await pageOf(options);
      await writeFile(options.out, page);
      const answer = { out: options.out, bytes: Buffer.byteLength(page) };
      createOutput(context.io, options.json === true).answer(answer, () => `report written to ${options.out}`);
    });
}

async function pageOf({ model, evaluation, patients }: ReportCommandOptions): Promise<string> {
  const nested =
    evaluation === undefined ? undefined : parseNestedEvaluation(await readTextFile(evaluation), evaluation);
  if (model !== undefined) {
    const { manifest } = await loadBundle(model);
    const file = join(model, 'report.json');
    const data = parseReportData(await readTextFile(file), file);
    if (data.modelId !== manifest.modelId) {
      throw clash(`${file} is of the model ${data.modelId.slice(0, 12)}, not of the one beside it`);
    }
    const whole = { ...data, ...(nested !== undefined && { nested }) };
    const card = modelCard(manifest, whole);
    return renderReport(whole, { card, ...(patients !== undefined && { patients }) });
  }
  if (nested === undefined) throw clash('give --model, --evaluation, or both');
  if (patients !== undefined) throw clash('--patients needs --model');
  return renderEvaluation(nested, packageVersion());
}

function clash(what: string): CliError {
  return new CliError('CLI_OPTIONS_CLASH', cliErrors.CLI_OPTIONS_CLASH(what));
}
