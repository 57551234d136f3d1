import type { ImagingErrorCode } from '../errors.js';
import type { FeatureClassName } from './family.js';

/** Regions for which formulas run out, and what is meant by them. */
export const degenerateRegions = {
  flat: 'one intensity v in n connected voxels',
  slice: 'one voxel thick, several intensities',
  line: 'a row of voxels of several intensities (default: RADIOMICS_TOO_FEW_DIMENSIONS; here with minimumROIDimensions: 1)',
  scattered: 'voxels of several intensities, no two of them neighbours or on one line of a direction',
} as const;

export type DegenerateRegion = keyof typeof degenerateRegions;

/** What a result in words is made of. */
export interface RegionFacts {
  /** Voxels. */
  readonly n: number;
  /** The one intensity of a flat region. */
  readonly v: number;
  /** Volume of a voxel (mm3). */
  readonly voxelVolume: number;
}

/** A value that depends on the region, in words and as it is worked out. */
export interface StatedFormula {
  readonly text: string;
  readonly of: (facts: RegionFacts) => number;
}

/** A number, a number by a rule, or the error that refuses the region. */
export type StatedResult = number | StatedFormula | ImagingErrorCode;

type Results = Partial<Record<DegenerateRegion, StatedResult>>;

const stated = (text: string, of: StatedFormula['of']): StatedFormula => ({ text, of });
const intensity: Results = { flat: stated('v', ({ v }) => v) };
const nothing: Results = { flat: 0 };
const everything: Results = { flat: 1 };
const squared = stated('n^2', ({ n }) => n * n);
const inverseSquare = stated('1 / n^2', ({ n }) => 1 / (n * n));
const voxels = stated('n', ({ n }) => n);

/** The same results for several features. */
const all = (names: readonly string[], results: Results) => Object.fromEntries(names.map((name) => [name, results]));

const firstorder = {
  ...all(['10Percentile', '90Percentile', 'Maximum', 'Mean', 'Median', 'Minimum'], intensity),
  ...all(['InterquartileRange', 'Kurtosis', 'MeanAbsoluteDeviation', 'Range', 'RobustMeanAbsoluteDeviation'], nothing),
  ...all(['Skewness', 'Variance', 'StandardDeviation', 'Entropy'], nothing),
  Energy: { flat: stated('n v^2', ({ n, v }) => n * v * v) },
  TotalEnergy: { flat: stated('n v^2 times the volume of a voxel', (r) => r.n * r.v * r.v * r.voxelVolume) },
  RootMeanSquared: { flat: stated('|v|', ({ v }) => Math.abs(v)) },
  Uniformity: everything,
};

const noPairs = { scattered: 'RADIOMICS_NO_PAIRS' } as const;
const glcm = {
  ...all(['Autocorrelation', 'JointAverage', 'Correlation', 'JointEnergy'], { flat: 1, ...noPairs }),
  ...all(['Idm', 'Idmn', 'Id', 'Idn', 'MCC', 'MaximumProbability'], { flat: 1, ...noPairs }),
  ...all(['ClusterProminence', 'ClusterShade', 'ClusterTendency', 'Contrast'], { flat: 0, ...noPairs }),
  ...all(['DifferenceAverage', 'DifferenceEntropy', 'DifferenceVariance'], { flat: 0, ...noPairs }),
  ...all(['JointEntropy', 'Imc1', 'Imc2', 'InverseVariance', 'SumEntropy', 'SumSquares'], { flat: 0, ...noPairs }),
  SumAverage: { flat: 2, ...noPairs },
};

const noRuns = { scattered: 'RADIOMICS_NO_RUNS' } as const;
const glrlm = {
  ...all(['GrayLevelNonUniformity', 'LongRunEmphasis', 'LongRunHighGrayLevelEmphasis'], noRuns),
  ...all(['LongRunLowGrayLevelEmphasis', 'RunEntropy', 'RunLengthNonUniformity'], noRuns),
  ...all(['RunLengthNonUniformityNormalized', 'RunPercentage', 'RunVariance', 'ShortRunEmphasis'], noRuns),
  ...all(['ShortRunHighGrayLevelEmphasis', 'ShortRunLowGrayLevelEmphasis'], noRuns),
  GrayLevelVariance: { flat: 0, ...noRuns },
  ...all(['GrayLevelNonUniformityNormalized', 'HighGrayLevelRunEmphasis'], { flat: 1, ...noRuns }),
  LowGrayLevelRunEmphasis: { flat: 1, ...noRuns },
};

const glszm = {
  ...all(['GrayLevelNonUniformity', 'GrayLevelNonUniformityNormalized'], everything),
  ...all(['HighGrayLevelZoneEmphasis', 'LowGrayLevelZoneEmphasis'], everything),
  ...all(['LargeAreaHighGrayLevelEmphasis', 'LargeAreaLowGrayLevelEmphasis'], { flat: squared }),
  ...all(['SmallAreaHighGrayLevelEmphasis', 'SmallAreaLowGrayLevelEmphasis'], { flat: inverseSquare }),
  GrayLevelVariance: nothing,
  LargeAreaEmphasis: { flat: squared, scattered: 1 },
  SmallAreaEmphasis: { flat: inverseSquare, scattered: 1 },
  SizeZoneNonUniformity: { flat: 1, scattered: voxels },
  SizeZoneNonUniformityNormalized: { flat: 1, scattered: 1 },
  ZoneEntropy: nothing,
  ZonePercentage: { flat: stated('1 / n', ({ n }) => 1 / n), scattered: 1 },
  ZoneVariance: { flat: 0, scattered: 0 },
};

const gldm = {
  DependenceNonUniformity: { scattered: voxels },
  ...all(['DependenceNonUniformityNormalized', 'LargeDependenceEmphasis', 'SmallDependenceEmphasis'], { scattered: 1 }),
  DependenceVariance: { scattered: 0 },
  GrayLevelNonUniformity: { flat: voxels },
  GrayLevelVariance: nothing,
  ...all(['HighGrayLevelEmphasis', 'LowGrayLevelEmphasis'], everything),
};

const ngtdm = {
  Coarseness: { flat: 1e6, scattered: 1e6 },
  ...all(['Busyness', 'Complexity', 'Contrast', 'Strength'], { flat: 0, scattered: 0 }),
};

const thin = { slice: 0, line: 0 };

/** Results of degenerate regions that are not simply what the formula gives, by class and feature. */
const results: Readonly<Record<FeatureClassName, Readonly<Record<string, Results>>>> = {
  shape: {
    MinorAxisLength: { line: 0 },
    Elongation: { line: 0 },
    LeastAxisLength: thin,
    Flatness: thin,
  },
  shape2D: { MinorAxisLength: { line: 0 }, Elongation: { line: 0 } },
  firstorder,
  glcm,
  glrlm,
  glszm,
  gldm,
  ngtdm,
};

/** What a feature gives for a degenerate region; undefined where its formula has an ordinary value. */
export function degenerateResult(
  featureClass: FeatureClassName,
  name: string,
  region: DegenerateRegion,
): StatedResult | undefined {
  const own = results[featureClass];
  return (Object.hasOwn(own, name) ? own[name] : undefined)?.[region];
}

/** A stated result in words; empty where the formula has an ordinary value. */
export function resultText(result: StatedResult | undefined): string {
  if (result === undefined) return '';
  return typeof result === 'object' ? result.text : String(result);
}
