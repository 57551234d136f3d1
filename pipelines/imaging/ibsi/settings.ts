/** How intensities become grey levels 1, 2, … */
export type IbsiDiscretisation =
  /** Intensities are grey levels already: whole numbers from 1. */
  | { readonly method: 'none' }
  /** Bins of equal width, counted from `lowest`. */
  | { readonly method: 'fixed-bin-size'; readonly width: number; readonly lowest: number }
  /** A number of equal bins between the least and the greatest intensity of the region. */
  | { readonly method: 'fixed-bin-number'; readonly count: number };

/** What the intensity-volume histogram is read off. */
export type IvhDiscretisation =
  /** The intensities as they are, at steps of `step` over the re-segmentation range or else the region's own. */
  | { readonly method: 'none'; readonly step: number }
  /** Bin centres between the bounds of the re-segmentation range or else of the region. */
  | { readonly method: 'fixed-bin-size'; readonly width: number }
  /** Bin numbers. */
  | { readonly method: 'fixed-bin-number'; readonly count: number };

/** A new grid of voxels for image and mask. */
export interface IbsiInterpolation {
  /** mm along x, y, z; null keeps the voxels of that axis. */
  readonly spacing: readonly [x: number | null, y: number | null, z: number | null];
  readonly image: 'nearest' | 'linear' | 'cubic-spline';
  readonly mask: 'nearest' | 'linear';
  /** A voxel belongs to the mask when at least this share of it does. */
  readonly maskThreshold: number;
}

/** Which voxels of the mask keep their intensity: the intensity mask. The morphological mask stays whole. */
export interface IbsiResegmentation {
  /** Closed; null on a side without bound. */
  readonly range: readonly [low: number | null, high: number | null] | null;
  /** Standard deviations (divided by n) around the mean of the mask. */
  readonly outlierSigma: number | null;
}

export type IbsiDimension = '2D' | '2.5D' | '3D';
export type IbsiDirections = 'averaged' | 'merged';

/** Checked settings of an IBSI run. None of them has a default: each changes the values. */
export interface IbsiSettings {
  /** Value of the region in a label map. */
  readonly label: number;
  readonly interpolation: IbsiInterpolation | null;
  /** Intensities are rounded to whole numbers when the image is read and after interpolation. */
  readonly rounding: 'nearest-integer' | 'none';
  readonly resegmentation: IbsiResegmentation | null;
  /** For the intensity histogram and all texture matrices. */
  readonly discretisation: IbsiDiscretisation;
  readonly ivh: IvhDiscretisation;
  /** Per slice averaged (2D), slices merged (2.5D), as a volume (3D). */
  readonly dimensions: readonly IbsiDimension[];
  /** For GLCM and GLRLM: features averaged over directions, or one matrix of all directions. */
  readonly directions: readonly IbsiDirections[];
  /** Chebyshev distance (voxels) of neighbours in GLCM, NGTDM and NGLDM. */
  readonly distance: number;
  /** Largest difference of grey levels that makes neighbours dependent (NGLDM alpha). */
  readonly coarseness: number;
}
