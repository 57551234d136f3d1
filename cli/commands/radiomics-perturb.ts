import {
  drawPerturbations,
  type FeatureSpread,
  featureSpread,
  type PerturbationRanges,
  perturbedFeatures,
  type RadiomicsSettings,
} from '../../pipelines/imaging/index.js';
import type { CommandContext } from '../context.js';
import { type Output, textTable } from '../io.js';
import { progressView } from '../progress.js';
import type { OpenedRegion } from './radiomics-region.js';

/** What the options ask for. */
export interface PerturbOptions {
  readonly perturb?: number;
  readonly perturbBy: PerturbationRanges;
  readonly seed: number;
}

/** How features moved, as `radiomics --perturb --json` prints it. */
export interface Robustness {
  readonly seed: number;
  readonly noise: number;
  /** Perturbations whose growth is below the voxel spacing. */
  readonly idleGrowths: number;
  readonly failed: readonly { readonly index: number; readonly reason: string }[];
  readonly spread: readonly FeatureSpread[];
}

/** Perturbs a region `count` times. */
export function perturbRegion(
  count: number,
  options: PerturbOptions,
  { volume, mask }: Pick<OpenedRegion, 'volume' | 'mask'>,
  settings: RadiomicsSettings,
  context: CommandContext,
  output: Output,
): Robustness {
  const { perturbBy: ranges, seed } = options;
  const view = progressView('perturbations', context.io.stderr);
  const draws = drawPerturbations(count, seed, ranges);
  const result = perturbedFeatures('', volume, mask, settings, draws, { ranges, seed }, (done) =>
    view.update(done, count, 0),
  );
  view.stop();
  const failed = result.repeats.flatMap((r, index) => ('failed' in r ? [{ index, reason: r.failed }] : []));
  for (const { index, reason } of failed) output.note(`perturbation ${index} could not be measured: ${reason}`);
  if (result.idleGrowths > 0) output.note(idleGrowthNote(result.idleGrowths, count));
  output.note(
    'note: this is the spread within one patient; an intraclass correlation needs several patients: thoracle robustness',
  );
  return { seed, noise: result.noise, idleGrowths: result.idleGrowths, failed, spread: featureSpread(result) };
}

/** Says that growths leave the region as it is. */
export function idleGrowthNote(idle: number, repeats: number): string {
  return `note: in ${idle} of ${repeats} perturbations the region grows or shrinks by less than a voxel is wide, which leaves it as it is; a larger grow= reaches the next voxel`;
}

/** One line per feature. */
export function spreadTable(spread: readonly FeatureSpread[]): string {
  const rows = spread.map((s) => [s.feature, s.original, s.mean, s.standardDeviation, s.coefficientOfVariation ?? '-']);
  return textTable(['feature', 'value', 'mean', 'sd', 'sd/|mean|'], rows);
}
