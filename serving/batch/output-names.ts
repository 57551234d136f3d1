import type { BundleManifest } from '../../training/bundle/index.js';

/** A number, text, or list of names of a prediction. */
export type OutputName =
  | 'score'
  | 'probability'
  | 'label'
  | 'risk'
  | 'riskGroup'
  | 'medianSurvivalDays'
  | 'imputed'
  | 'outOfRange';

/** Names that a column of identifiers cannot have. */
export const outputNames: ReadonlySet<string> = new Set([
  'row',
  'score',
  'probability',
  'label',
  'risk',
  'riskGroup',
  'medianSurvivalDays',
  'imputed',
  'outOfRange',
  'expected',
  'modalities',
  'contributions',
]);

/** What a model says of a row, as its predictions have it. */
export function namesOfModel({ answer, riskGroups }: BundleManifest): readonly OutputName[] {
  const names: OutputName[] = ['score'];
  if (answer.kind === 'probability') names.push('probability', 'label');
  names.push('risk');
  if (riskGroups !== null) names.push('riskGroup');
  if (answer.kind !== 'probability') names.push('medianSurvivalDays');
  return [...names, 'imputed', 'outOfRange'];
}
