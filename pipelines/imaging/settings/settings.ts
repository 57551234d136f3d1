/** How grey values become levels 1, 2, …: bins of equal width whose edges are multiples of it, or a number of equal bins. */
export type Discretisation =
  | { readonly method: 'binWidth'; readonly binWidth: number }
  | { readonly method: 'binCount'; readonly binCount: number };

export type WeightingNorm = 'manhattan' | 'euclidean' | 'infinity' | 'no_weighting';
export type ResegmentMode = 'absolute' | 'relative' | 'sigma';
export type Interpolator =
  | 'sitkNearestNeighbor'
  | 'sitkLinear'
  | 'sitkBSpline'
  | 'sitkGaussian'
  | 'sitkHammingWindowedSinc'
  | 'sitkCosineWindowedSinc'
  | 'sitkWelchWindowedSinc'
  | 'sitkLanczosWindowedSinc'
  | 'sitkBlackmanWindowedSinc';

/** Feature classes and what to compute of each: everything that is not on request only, or the named features. */
export type FeatureSelection = Readonly<Record<string, 'all' | readonly string[]>>;

/** A filter of the section `imageType`, with the settings it takes from the file. */
export type Filter =
  | { readonly type: 'Original' | 'Square' | 'SquareRoot' | 'Logarithm' | 'Exponential' }
  /** Laplacian of a Gaussian; `text` is the width as Python prints it, which is part of the name of the columns. */
  | { readonly type: 'LoG'; readonly sigma: readonly Sigma[] }
  | { readonly type: 'Wavelet'; readonly wavelet: string; readonly startLevel: number; readonly level: number }
  | { readonly type: 'Gradient'; readonly useSpacing: boolean }
  | { readonly type: 'LBP2D'; readonly radius: number; readonly samples: number; readonly method: LbpMethod }
  | {
      readonly type: 'LBP3D';
      readonly levels: number;
      readonly icosphereRadius: number;
      readonly icosphereSubdivision: number;
    };

export type LbpMethod = 'default' | 'ror' | 'uniform' | 'var';

/** Width of a Gaussian. */
export interface Sigma {
  readonly mm: number;
  readonly text: string;
}

/** Settings of the feature classes, which an image type may have of its own. */
export type FeatureSettings = Pick<
  RadiomicsSettings,
  | 'discretisation'
  | 'distances'
  | 'symmetricalGLCM'
  | 'gldm_a'
  | 'weightingNorm'
  | 'force2D'
  | 'force2Ddimension'
  | 'voxelArrayShift'
>;

/** One entry of the section `imageType`: the filter, and what its images are measured under in place of the shared settings. */
export interface ImageType {
  readonly filter: Filter;
  readonly own: Partial<FeatureSettings>;
}

/** The settings under which the images of a type are measured. */
export function settingsFor(type: ImageType, settings: RadiomicsSettings): RadiomicsSettings {
  return { ...settings, ...type.own };
}

/** Section `voxelSetting`: how feature maps are made. */
export interface VoxelSettings {
  /** Voxels around the centre of a kernel, in each direction. */
  readonly kernelRadius: number;
  /** Only voxels of the region count in a kernel. */
  readonly maskedKernel: boolean;
  /** Value of a map outside the region. */
  readonly initValue: number;
  /** Voxels that are worked on at a time; null: all. */
  readonly voxelBatch: number | null;
}

/** Checked settings of a radiomics run, plain and frozen. Names are those of PyRadiomics where it has one. */
export interface RadiomicsSettings {
  /** Value of the region in a label map. */
  readonly label: number;
  readonly features: FeatureSelection;
  /** In the order of the file; each adds images to measure. */
  readonly imageTypes: readonly ImageType[];
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
  /** New voxel spacing (mm) along x, y, z, 0 = as it is; masks are resampled by the nearest voxel. */
  readonly resample: {
    readonly spacing: readonly [number, number, number];
    readonly interpolator: Interpolator;
  } | null;
  /** Voxels kept around the box of the region when resampling or cropping. */
  readonly padDistance: number;
  /** Crop image and mask to the region and `padDistance` before filters, which then see nothing beyond. */
  readonly preCrop: boolean;
  /** `hashes`: diagnostics with a digest of image and mask; `facts`: without; `few`: only those kept in a store. */
  readonly diagnostics: 'hashes' | 'facts' | 'few';
  readonly voxel: VoxelSettings;
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

/** Settings of the feature classes in PyRadiomics 3.x. */
export const defaultFeatureSettings: FeatureSettings = deepFreeze({
  discretisation: { method: 'binWidth', binWidth: 25 },
  distances: [1],
  symmetricalGLCM: true,
  gldm_a: 0,
  weightingNorm: null,
  force2D: false,
  force2Ddimension: 0,
  voxelArrayShift: 0,
});

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
  imageTypes: [{ filter: { type: 'Original' }, own: {} }],
  ...defaultFeatureSettings,
  normalize: null,
  resample: null,
  padDistance: 5,
  preCrop: false,
  diagnostics: 'facts',
  voxel: { kernelRadius: 1, maskedKernel: true, initValue: 0, voxelBatch: null },
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
