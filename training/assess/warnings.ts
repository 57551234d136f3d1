import type { Sample } from '../sample.js';
import { leaksOf } from './guard.js';
import type { AssessPlan, PlannedModel } from './plan.js';

/** Below this many deaths the intervals say more than the values. */
const fewDeaths = 50;
/** Of the 140 genes of the public extract, four that hardly any other panel has together. */
const extractGenes = ['SCN5A', 'AURKC', 'NEURL3', 'IL13RA2'];

/** Sentences that travel with the scores. */
export function warningsOf(sample: Sample, { main, baselines }: AssessPlan): readonly string[] {
  const of = (model: PlannedModel) => model.columns.map((j) => sample.columns[j] as Sample['columns'][number]);
  const inputs = of(main);
  const notFeatures = inputs.filter(({ role }) => role !== 'feature').map(({ feature }) => feature);
  const alarms = leaksOf(sample).map(({ feature, auc }) => `${feature} (AUC ${auc.toFixed(3)})`);
  const leaky = baselines.find(({ name }) => name === 'referenceLeaky');
  const late =
    leaky === undefined ? [] : of(leaky).flatMap(({ role, feature }) => (role === 'feature' ? [] : [feature]));
  const deaths = sample.dead.filter(Boolean).length;
  return [
    ...(notFeatures.length > 0
      ? [`Columns that are no features are inputs: ${notFeatures.join(', ')}. The scores say nothing about prediction.`]
      : []),
    ...(alarms.length > 0 && notFeatures.length > 0
      ? [`The leakage alarm names columns that alone tell who died: ${alarms.join(', ')}.`]
      : []),
    ...(leaky !== undefined && notFeatures.length === 0
      ? [
          `The baselines referenceLeaky and referenceLeakyWithoutPca take columns that are known only after surgery, or that say how a record was kept: ${late.join(', ')}. Their scores are inflated; they are shown because the published template scored so. ${alarms.length > 0 ? `The leakage alarm names ${alarms.join(', ')} among them.` : ''}`.trim(),
        ]
      : []),
    ...selectedGenesWarning(inputs),
    ...(deaths < fewDeaths
      ? [`Small sample: ${deaths} deaths among ${sample.dead.length} patients; read the intervals, not the values.`]
      : []),
    ...twins(sample),
  ];
}

/** A sentence when the genes of the public extract are inputs. */
export function selectedGenesWarning(inputs: Sample['columns']): readonly string[] {
  const genes = new Set(inputs.filter(({ group }) => group === 'genomic').map(({ feature }) => feature));
  if (!extractGenes.every((name) => genes.has(name))) return [];
  return [
    'The 140 genes of the public extract were selected with the recurrence label of the same patients: every score with them is optimistic.',
  ];
}

/** Pairs of patients that no column tells apart, nor their follow-up: one patient under two names would be in two folds. */
function twins({ patientIds, columns, matrix, timeDays, dead }: Sample): readonly string[] {
  if (columns.length < 10) return [];
  const seen = new Map<string, string>();
  return patientIds.flatMap((id, i) => {
    const row = matrix.rows.subarray(i * matrix.p, (i + 1) * matrix.p);
    const key = `${row.join()};${timeDays[i]};${dead[i]}`;
    const other = seen.get(key);
    seen.set(key, id);
    if (other === undefined) return [];
    return [
      `The patients ${other} and ${id} have the same values in every column and the same follow-up: are they one?`,
    ];
  });
}
