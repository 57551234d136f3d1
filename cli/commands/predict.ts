import { Command } from 'commander';
import { openDuckDbStore } from '../../featurestore/index.js';
import { createPredictor, type Prediction, predictCase, readRows, rowsFormat } from '../../serving/index.js';
import { loadBundle } from '../../training/bundle/folder.js';
import type { ModelBundle } from '../../training/bundle/index.js';
import type { CommandContext } from '../context.js';
import { CliError, cliErrors } from '../errors.js';
import { readTextFile } from '../input-file.js';
import { createOutput, textTable } from '../io.js';

interface PredictOptions {
  readonly model: string;
  readonly input?: string;
  readonly store?: string;
  readonly case?: string;
  readonly json?: boolean;
}

/** `thoracle predict --model DIR --input rows.csv|.json | --store FILE --case ID`. */
export function predictCommand(context: CommandContext): Command {
  return new Command('predict')
    .description('predict for rows of a file, or for a patient of a store')
    .requiredOption('--model <dir>', 'a trained model')
    .option('--input <file>', 'raw features by name: .csv with a header, or .json records')
    .option('--store <file>', 'a feature store')
    .option('--case <id>', 'patient id in the store')
    .option('--json', 'print one JSON document')
    .action(async (options: PredictOptions) => {
      const bundle = await loadBundle(options.model);
      const predictions = await predictFrom(bundle, options);
      const output = createOutput(context.io, options.json === true);
      for (const warning of bundle.manifest.warnings) output.note(`warning: ${warning}`);
      output.answer({ model: bundle.manifest.modelId, predictions }, () => predictionText(predictions));
    });
}

/** A prediction with the patient or the row it is about. */
interface NamedPrediction extends Prediction {
  readonly case: string;
}

async function predictFrom(bundle: ModelBundle, options: PredictOptions): Promise<readonly NamedPrediction[]> {
  const { input, store, case: caseId } = options;
  if (input !== undefined && store === undefined && caseId === undefined) return predictFile(bundle, input);
  if (input === undefined && store !== undefined && caseId !== undefined) {
    return predictStored(bundle, store, caseId);
  }
  throw new CliError('CLI_OPTIONS_CLASH', cliErrors.CLI_OPTIONS_CLASH('give either --input, or --store with --case'));
}

async function predictFile(bundle: ModelBundle, file: string): Promise<readonly NamedPrediction[]> {
  const predictor = createPredictor(bundle);
  const format = rowsFormat(file);
  const rows = readRows(await readTextFile(file), format, predictor.featureNames);
  return predictor.predictRows(rows).map((prediction, i) => ({ case: `row ${i + 1}`, ...prediction }));
}

async function predictStored(bundle: ModelBundle, file: string, caseId: string): Promise<readonly NamedPrediction[]> {
  const predictor = createPredictor(bundle);
  const store = await openDuckDbStore({ file, readOnly: true });
  try {
    const prediction = await predictCase(store, { manifest: bundle.manifest, predictor }, caseId);
    return [{ case: caseId, ...prediction }];
  } finally {
    await store.close();
  }
}

function predictionText(predictions: readonly NamedPrediction[]): string {
  const rows = predictions.map((p) => [
    p.case,
    p.score.toFixed(4),
    p.label === null ? (p.riskGroup ?? '-') : p.label === 1 ? 'dead' : 'alive',
    p.medianSurvivalDays === null ? '-' : `${Math.round(p.medianSurvivalDays)} days`,
    p.imputed.length,
    p.outOfRange.length,
  ]);
  const score = predictions[0]?.probability === null ? 'hazard ratio or days' : 'probability of death';
  const head = ['case', score, 'answer', 'median survival', 'inputs imputed', 'inputs outside training range'];
  return `${textTable(head, rows)}\nResearch software, not a medical device: not for clinical use.`;
}
