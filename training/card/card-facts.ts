import type { BundleManifest } from '../bundle/index.js';
import type { ReportData } from '../report/report-data.js';

/** What a card is written from: the model, and where it is known, the report of its training. */
export interface CardFacts {
  readonly manifest: BundleManifest;
  /** Undefined for a model that was not trained here, or of which only the model was kept. */
  readonly report: ReportData | undefined;
}

/** Whether the model was trained elsewhere, so that nothing is known here of its patients, columns and scores. */
export function isImported({ manifest }: CardFacts): boolean {
  return manifest.recipe === 'imported';
}

/** Columns of any role but feature or metadata that went into the model. */
export function leakyColumns({ manifest }: CardFacts): readonly string[] {
  return manifest.columns.filter(({ role }) => role !== 'feature' && role !== 'metadata').map(({ feature }) => feature);
}

/** `genomic (140 columns), clinical (51 columns)`. */
export function columnsByGroup({ manifest }: CardFacts): string {
  const counts = new Map<string, number>();
  for (const { group } of manifest.columns) counts.set(group, (counts.get(group) ?? 0) + 1);
  return [...counts].map(([group, n]) => `${group} (${n} ${n === 1 ? 'column' : 'columns'})`).join(', ');
}

/** What is done to a row before the booster sees it, in order. */
export function stepsInWords({ manifest }: CardFacts): string {
  const kinds = new Set(manifest.members.flatMap(({ steps }) => steps.map(({ kind }) => kind)));
  if (kinds.size === 0) return 'none: the columns go in as they are';
  const names: Readonly<Record<string, string>> = {
    log1p: 'log(1 + x) of expression',
    impute: 'missing values filled in with fitted values',
    select: 'columns without variance dropped',
    scale: 'scaled to mean 0 and standard deviation 1',
    pca: 'projected on principal components',
  };
  return [...kinds].map((kind) => names[kind] ?? kind).join('; ');
}

/** What the model says of a patient. */
export function taskInWords({ manifest: { task } }: CardFacts): string {
  switch (task.kind) {
    case 'status':
      return 'probability of having died by the end of follow-up';
    case 'horizon':
      return `probability of death within ${task.horizonDays} days of surgery`;
    case 'survival':
      return 'survival over time after surgery';
  }
}

/** Inputs of all fitted models together. */
export function inputCount({ manifest }: Pick<CardFacts, 'manifest'>): number {
  return manifest.members.reduce((sum, { inputs }) => sum + inputs.length, 0);
}

/** How the model calls a patient dead. */
export function thresholdInWords({ manifest: { threshold, riskGroups } }: CardFacts): string {
  if (threshold !== null) return `At or above ${threshold} the answer is called "dead".`;
  const names = riskGroups?.names.join(', ');
  return names === undefined ? 'No threshold is applied.' : `Patients are put into risk groups: ${names}.`;
}
