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
  return {
    axial: { across: head, right: left, down: back },
    coronal: { across: back, right: left, down: up },
    sagittal: { across: left, right: back, down: up },
  };
}

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
