import { directionsOf, type Grid, spacingOf } from '../volume/affine.js';

/** A voxel axis as it runs over the picture, left to right or top to bottom. */
export interface ScreenAxis {
  /** 0, 1 or 2: the voxel axis. */
  readonly axis: number;
  readonly count: number;
  readonly spacingMm: number;
  /** True when the index falls while the picture runs on. */
  readonly reversed: boolean;
}

/** A cut through the volume: the two axes of the picture and the one it is cut across. */
export interface View {
  /** `AXIAL`, followed by `OBLIQUE` where the cut is not at right angles to a patient axis. */
  readonly name: string;
  /** The patient axis (LPS: 0 = X, 1 = Y, 2 = Z) that the cut lies across. */
  readonly patientAxis: 0 | 1 | 2;
  /** The patient's sides at the edges of the picture: right, left, anterior, posterior, superior, inferior. */
  readonly edges: Readonly<Record<'left' | 'right' | 'top' | 'bottom', 'R' | 'L' | 'A' | 'P' | 'S' | 'I'>>;
  readonly across: ScreenAxis;
  readonly right: ScreenAxis;
  readonly down: ScreenAxis;
}

export interface Views {
  readonly axial: View;
  readonly coronal: View;
  readonly sagittal: View;
}

/**
 * The three views as radiology shows them, whatever the order and direction of the voxel axes: patient's right on the left
 * of the picture, front on top (axial) or on the left (sagittal), head on top. Oblique volumes are shown along the axes
 * nearest to the patient's.
 */
export function viewsOf(grid: Grid): Views {
  const [left, back, head] = patientAxes(grid);
  const up = { ...head, reversed: !head.reversed };
  const named = (name: string, across: ScreenAxis, patientAxis: 0 | 1 | 2) => {
    const along = Math.abs(directionsOf(grid.indexToLps)[across.axis as 0 | 1 | 2][patientAxis]);
    return { name: along < straight ? `${name} OBLIQUE` : name, across, patientAxis };
  };
  const sides = { left: 'R', right: 'L' } as const;
  const heights = { top: 'S', bottom: 'I' } as const;
  return {
    axial: { ...named('AXIAL', head, 2), right: left, down: back, edges: { ...sides, top: 'A', bottom: 'P' } },
    coronal: { ...named('CORONAL', back, 1), right: left, down: up, edges: { ...sides, ...heights } },
    sagittal: { ...named('SAGITTAL', left, 0), right: back, down: up, edges: { left: 'A', right: 'P', ...heights } },
  };
}

/** Cosine of the largest angle (about 2.5 degrees) that still counts as straight. */
const straight = 0.999;

const orders = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const;

/** For each of left, posterior, superior the voxel axis that runs closest along it. */
function patientAxes(grid: Grid): readonly [ScreenAxis, ScreenAxis, ScreenAxis] {
  const directions = directionsOf(grid.indexToLps);
  const along = (order: readonly number[]) =>
    order.reduce((sum, axis, i) => sum + Math.abs(directions[axis]?.[i] ?? 0), 0);
  const best = orders.reduce((a, b) => (along(b) > along(a) ? b : a));
  const spacing = spacingOf(grid.indexToLps);
  const screenAxis = (i: 0 | 1 | 2): ScreenAxis => {
    const axis = best[i];
    return {
      axis,
      count: grid.size[axis],
      spacingMm: spacing[axis],
      reversed: directions[axis][i] < 0,
    };
  };
  return [screenAxis(0), screenAxis(1), screenAxis(2)];
}
