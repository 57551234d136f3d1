import { basename } from 'node:path';
import { Command } from 'commander';
import { type BatchSummary, readModel, runBatch } from '../../serving/index.js';
import type { CommandContext } from '../context.js';
import { exitCode } from '../exit-code.js';
import { createOutput } from '../io.js';
import { progressView } from '../progress.js';

interface BatchCommandOptions {
  readonly model: string;
  readonly out: string;
  readonly errors?: string;
  readonly resume?: boolean;
  readonly explain?: boolean;
  readonly id?: string;
  readonly ignore?: readonly string[];
  readonly json?: boolean;
}

/** `thoracle batch --model PLACE IN --out OUT`. */
export function batchCommand(context: CommandContext): Command {
  return new Command('batch')
    .description('predict for every row of a file of any size')
    .argument('<in>', 'raw features by name: .csv with a header, .jsonl, both with .gz too, or .parquet')
    .requiredOption('--model <place>', 'a trained model, folder or model.tar.gz')
    .requiredOption('--out <file>', 'a new file for the answers: .csv, .jsonl or .parquet')
    .option('--errors <file>', 'rows that cannot be used, .csv or .jsonl; default OUT.errors.csv')
    .option('--id <column>', 'the column that says who a row is about; by default one called id, case_id, patient_id …')
    .option('--ignore <columns>', 'columns to pass over, separated by commas', (text) => text.split(','))
    .option('--explain', 'also what each answer is made of: contributions of modalities and columns')
    .option('--resume', 'go on with a job that was broken off; begins one where there is none')
    .option('--json', 'print one JSON document')
    .action(async (input: string, { model: place, json = false, ...options }: BatchCommandOptions) => {
      const model = await readModel(place);
      const output = createOutput(context.io, json);
      for (const warning of model.manifest.warnings) output.note(`warning: ${warning}`);
      const view = progressView('rows', context.io.stderr);
      const startMs = performance.now();
      try {
        const summary = await runBatch({ ...options, input, model, onProgress: view.update });
        view.stop();
        if (summary.bad > 0) context.exit(exitCode.someFailed);
        const seconds = (performance.now() - startMs) / 1000;
        output.answer({ model: model.manifest.modelId, ...summary, seconds }, () => summaryText(summary, seconds));
      } finally {
        view.stop();
      }
    });
}

function summaryText({ rows, predicted, bad, out, errors, resumedAt, absentColumns }: BatchSummary, seconds: number) {
  const rate = Math.round((rows - resumedAt) / Math.max(seconds, 1e-3));
  const lines = [`${predicted} of ${rows} rows predicted into ${out} (${rate} a second)`];
  if (resumedAt > 0) lines.push(`${resumedAt} rows had been done before`);
  if (absentColumns.length > 0)
    lines.push(`${absentColumns.length} columns of the model are not in the input: imputed in every row`);
  if (errors !== null) lines.push(`${bad} rows could not be used: ${basename(errors)} says where and why`);
  return [...lines, 'Research software, not a medical device: not for clinical use.'].join('\n');
}
