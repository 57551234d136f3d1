/** How far perturbations go. Each draw is uniform in its range. */
export interface PerturbationRanges {
  /** Largest angle (degrees) about the slice normal, either way. */
  readonly rotation: number;
  /** Largest shift in voxels along each axis, either way. */
  readonly shift: number;
  /** Standard deviation of the added noise in the image's unit; `auto`: as much as the image has by itself. */
  readonly noise: number | 'auto';
  /** Largest length (mm) by which the region grows or shrinks. */
  readonly grow: number;
}

/** Moderate perturbations, about those of Zwanenburg et al. */
export const defaultRanges: PerturbationRanges = Object.freeze({ rotation: 6, shift: 0.5, noise: 'auto', grow: 1 });
