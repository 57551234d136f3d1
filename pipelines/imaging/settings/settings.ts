/** How grey values become levels 1, 2, …: bins of equal width whose edges are multiples of it, or a number of equal bins. */
export type Discretisation =
  | { readonly method: 'binWidth'; readonly binWidth: number }
  | { readonly method: 'binCount'; readonly binCount: number };

export type WeightingNorm = 'manhattan' | 'euclidean' | 'infinity' | 'no_weighting';
export type ResegmentMode = 'absolute' | 'relative' | 'sigma';
export type Interpolator = 'sitkNearestNeighbor' | 'sitkLinear' | 'sitkBSpline';

/** Feature classes and what to compute of each: everything that is not on request only, or the named features. */
export type FeatureSelection = Readonly<Record<string, 'all' | readonly string[]>>;

/** Checked settings of a radiomics run, plain and frozen. Names are those of PyRadiomics where it has one. */
export interface RadiomicsSettings {
  /** Value of the region in a label map. */
  readonly label: number;
  readonly features: FeatureSelection;
  readonly discretisation: Discretisation;
  /** Chebyshev distances (voxels) at which voxel pairs are counted. */
  readonly distances: readonly number[];
  readonly symmetricalGLCM: boolean;
  /** GLDM: neighbours depend on a voxel when their levels differ by at most this. */
  readonly gldm_a: number;
  /** null: the mean over directions; otherwise directions are weighted by exp(-d^2) (d in mm) and summed first. */
  readonly weightingNorm: WeightingNorm | null;
  readonly force2D: boolean;
  /** Array dimension without neighbours when force2D: 0 = z (axial planes), 1 = y, 2 = x. */
  readonly force2Ddimension: 0 | 1 | 2;
  /** Added to every value (HU) before Energy, TotalEnergy and RootMeanSquared. */
  readonly voxelArrayShift: number;
  /** Centre and scale the whole image first; outliers beyond this many deviations are clipped. */
  readonly normalize: { readonly scale: number; readonly removeOutliers: number | null } | null;
  /** Keep voxels in this range only; `shape` also uses that region for shape features. */
  readonly resegment: {
    readonly range: readonly number[];
    readonly mode: ResegmentMode;
    readonly shape: boolean;
  } | null;
  readonly minimumROIDimensions: 1 | 2 | 3;
  /** The region must hold more voxels than this. */
  readonly minimumROISize: number | null;
  /**
   * How far the grids of image and mask may differ: a fraction of the voxel width along x, and of direction cosines.
   * null: the rounding of a file header passes, half a voxel does not.
   */
  readonly geometryTolerance: number | null;
  /** Bring a mask of another grid onto the image's (nearest neighbour) in place of refusing it. */
  readonly correctMask: boolean;
}

/** PyRadiomics 3.x' defaults, for the feature classes that exist here. */
export const defaultSettings: RadiomicsSettings = deepFreeze({
  label: 1,
  features: {
    firstorder: 'all',
    shape: 'all',
    glcm: 'all',
    glrlm: 'all',
    glszm: 'all',
    gldm: 'all',
    ngtdm: 'all',
  },
  discretisation: { method: 'binWidth', binWidth: 25 },
  distances: [1],
  symmetricalGLCM: true,
  gldm_a: 0,
  weightingNorm: null,
  force2D: false,
  force2Ddimension: 0,
  voxelArrayShift: 0,
  normalize: null,
  resegment: null,
  minimumROIDimensions: 2,
  minimumROISize: null,
  geometryTolerance: null,
  correctMask: false,
});

/** Freezes a tree of plain objects and arrays in place. */
export function deepFreeze<T>(value: T): T {
  if (value !== null && typeof value === 'object' && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const item of Object.values(value)) deepFreeze(item);
  }
  return value;
}
