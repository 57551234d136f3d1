import type { FeatureClassName } from './family.js';

/** What is measured besides the value, to turn one mode's value into the other's. */
export interface RegionSize {
  /** Voxels of the region. */
  readonly voxels: number;
}

/** How a feature of the PyRadiomics mode stands to its counterpart in the IBSI mode. */
export interface ModeDifference {
  /** One sentence: what either mode does. */
  readonly text: string;
  /** The IBSI mode's value of the same grey levels; absent where it has none. */
  readonly inIbsiMode?: (value: number, region: RegionSize) => number;
}

/** A class: what holds for all of its features, and what is different in some. */
interface ClassDifferences {
  /** What the modes do differently before the formula. */
  readonly before: string;
  /** Features that IBSI does not have, or whose formula differs; for the others the formula is the same. */
  readonly features: Readonly<Record<string, ModeDifference>>;
}

const noCounterpart = (why: string): ModeDifference => ({ text: `not in IBSI: ${why}` });
const same = (value: number) => value;
const sameFormula: ModeDifference = { text: 'same formula', inIbsiMode: same };
const withEpsilon: ModeDifference = {
  text: 'same formula; both modes add 2^-52 inside the logarithm as PyRadiomics does, IBSI does not (below 1e-12)',
  inIbsiMode: same,
};
const unbiased: ModeDifference = {
  text: 'variances are divided by n here and by n - 1 in the IBSI mode',
  inIbsiMode: (value, { voxels }) => value * Math.sqrt(voxels / (voxels - 1)),
};
const shifted: ModeDifference = {
  text: 'same formula when voxelArrayShift is 0; IBSI adds no shift',
  inIbsiMode: same,
};

const levels =
  'Grey levels: here bins of `binWidth` with edges at its multiples, the first holding the minimum (or `binCount` bins by NumPy’s rule); in the IBSI mode bins counted from the lower re-segmentation bound or a stated `lowest`, or floor(N (x - min) / (max - min)) + 1.';
const neighbourhood =
  'Neighbours: here at exactly the `distances` of the settings, in the IBSI mode at all distances up to `distance`. With force2D the slices make one matrix, as in 2.5D.';

/** What the two modes do differently, by PyRadiomics' class and feature name. */
export const modeDifferences: Readonly<Record<FeatureClassName, ClassDifferences>> = {
  shape: {
    before:
      'Mask: here as it is, resampled by the nearest voxel; in the IBSI mode interpolated and cut at `maskThreshold`. Both modes build the same mesh (half-way between voxel centres) and leave re-segmentation out of the form.',
    features: {
      MajorAxisLength: unbiased,
      MinorAxisLength: unbiased,
      LeastAxisLength: unbiased,
      ...Object.fromEntries(
        ['Slice', 'Column', 'Row'].map((plane) => [
          `Maximum2DDiameter${plane}`,
          noCounterpart('a diameter within planes'),
        ]),
      ),
    },
  },
  shape2D: {
    before: 'IBSI has no features of the form in one plane; its morphology is that of the volume.',
    features: {},
  },
  firstorder: {
    before:
      'Values: here as they are; in the IBSI mode after its rounding. Percentiles interpolate between ranks q/100 (n - 1) in both modes. Entropy and Uniformity are of the grey levels; IBSI counts them to its intensity histogram.',
    features: {
      Energy: shifted,
      RootMeanSquared: shifted,
      TotalEnergy: noCounterpart('Energy times the volume of a voxel'),
      StandardDeviation: noCounterpart('the root of Variance'),
      Entropy: withEpsilon,
      Kurtosis: {
        text: 'not reduced by 3 here; the IBSI mode subtracts 3 (0 where all values are equal, in both)',
        inIbsiMode: (value) => (value === 0 ? 0 : value - 3),
      },
    },
  },
  glcm: {
    before: `${levels} Aggregation: here one matrix per direction, values averaged (3D averaged, ITBB), or one weighted sum with \`weightingNorm\` (\`no_weighting\`: 3D merged, IAZD); with force2D slices are merged (2.5D); the IBSI mode has all six. Directions without a pair are left out in both.`,
    features: {
      MCC: noCounterpart('Haralick’s f14'),
      JointEntropy: withEpsilon,
      DifferenceEntropy: withEpsilon,
      SumEntropy: withEpsilon,
      Imc1: withEpsilon,
      Imc2: withEpsilon,
      Correlation: {
        text: 'same formula; both modes add 2^-52 to the denominator, and give 1 where a level does not vary, which IBSI leaves open',
        inIbsiMode: same,
      },
      DifferenceAverage: { text: 'same formula; IBSI has it twice (also Dissimilarity, 8S9J)', inIbsiMode: same },
      ClusterTendency: { text: 'same formula; equals IBSI’s Sum variance (OEEB)', inIbsiMode: same },
    },
  },
  glrlm: {
    before: `${levels} Aggregation as for glcm, but lengths weighted by distance where \`weightingNorm\` is set. Directions in which no line holds two voxels of the region are left out here; the IBSI mode counts them.`,
    features: { RunEntropy: withEpsilon },
  },
  glszm: {
    before: `${levels} Zones: 26-connected here, in the IBSI mode also 8-connected per slice (2D, 2.5D).`,
    features: { ZoneEntropy: withEpsilon },
  },
  gldm: {
    before: `${levels} IBSI’s name is NGLDM. Both count the voxel itself: dependence starts at 1. ${neighbourhood} Tolerance: \`gldm_a\` (default 0) here, \`coarseness\` (no default) there. IBSI has three more: normalised grey level non-uniformity, dependence count percentage (always 1) and energy.`,
    features: { DependenceEntropy: withEpsilon },
  },
  ngtdm: {
    before: `${levels} ${neighbourhood} A voxel without neighbours counts here, with difference 0; the IBSI mode leaves it out.`,
    features: {
      Coarseness: { text: 'same formula; 1000000 in place of infinity in both modes', inIbsiMode: same },
    },
  },
};

/** How a feature stands to the IBSI mode. */
export function modeDifference(featureClass: FeatureClassName, name: string): ModeDifference {
  if (featureClass === 'shape2D') return noCounterpart('a form in one plane');
  const { features } = modeDifferences[featureClass];
  return (Object.hasOwn(features, name) ? features[name] : undefined) ?? sameFormula;
}
