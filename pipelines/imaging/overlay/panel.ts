import type { Mask, Volume } from '../volume/volume.js';
import type { ScreenAxis, View } from './views.js';

/** RGB picture, 3 bytes per pixel, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Grey values from black at centre - width / 2 to white at centre + width / 2, in the volume's unit. */
export interface Window {
  readonly centre: number;
  readonly width: number;
}

/** A square box of the picture and what is shown in it, in mm from the left and upper end of the view's axes. */
export interface Panel {
  readonly title: string;
  readonly view: View;
  readonly slice: number;
  readonly left: number;
  readonly top: number;
  readonly side: number;
  readonly area: { readonly rightMm: number; readonly downMm: number; readonly sideMm: number };
}

/** Where one pixel row or column of a panel falls on a voxel axis. */
interface Sample {
  readonly inside: boolean;
  readonly low: number;
  readonly high: number;
  readonly weight: number;
  readonly nearest: number;
}

const outline = [255, 64, 32] as const;

/** Draws a cut, grey between voxels interpolated, with the outline of the mask. */
export function drawPanel(picture: Picture, panel: Panel, volume: Volume, mask: Mask, window: Window): void {
  const { side, view } = panel;
  const strides = [1, volume.size[0], volume.size[0] * volume.size[1]];
  const stride = (axis: ScreenAxis) => strides[axis.axis] as number;
  const base = panel.slice * stride(view.across);
  const columns = samples(view.right, panel.area.rightMm, panel.area.sideMm, side);
  const rows = samples(view.down, panel.area.downMm, panel.area.sideMm, side);
  const [sx, sy] = [stride(view.right), stride(view.down)];
  const inMask = new Uint8Array(side * side);
  const low = window.centre - window.width / 2;
  rows.forEach((row, v) => {
    if (!row.inside) return;
    columns.forEach((column, u) => {
      if (!column.inside) return;
      inMask[v * side + u] = mask.voxels[base + row.nearest * sy + column.nearest * sx] as number;
      const at = (r: number, c: number) => volume.voxels[base + r * sy + c * sx] as number;
      const upper = at(row.low, column.low) * (1 - column.weight) + at(row.low, column.high) * column.weight;
      const lower = at(row.high, column.low) * (1 - column.weight) + at(row.high, column.high) * column.weight;
      const value = upper * (1 - row.weight) + lower * row.weight;
      const grey = Math.max(0, Math.min(255, Math.round((255 * (value - low)) / window.width)));
      picture.data.fill(grey, offset(picture, panel, u, v), offset(picture, panel, u, v) + 3);
    });
  });
  drawOutline(picture, panel, inMask);
}

const offset = (picture: Picture, panel: Panel, u: number, v: number): number =>
  3 * ((panel.top + v) * picture.width + panel.left + u);

function samples(axis: ScreenAxis, fromMm: number, lengthMm: number, pixels: number): readonly Sample[] {
  const last = axis.count - 1;
  const clamp = (i: number) => Math.max(0, Math.min(last, i));
  return Array.from({ length: pixels }, (_, pixel) => {
    // Voxel 0 reaches from 0 to one spacing, so its centre lies half a voxel in.
    const run = (fromMm + ((pixel + 0.5) * lengthMm) / pixels) / axis.spacingMm - 0.5;
    const index = axis.reversed ? last - run : run;
    const low = Math.floor(index);
    return {
      inside: index >= -0.5 && index < last + 0.5,
      low: clamp(low),
      high: clamp(low + 1),
      weight: index - low,
      nearest: clamp(Math.floor(index + 0.5)),
    };
  });
}

/** Pixels of the mask with a neighbour outside it. */
function drawOutline(picture: Picture, panel: Panel, inMask: Uint8Array): void {
  const { side } = panel;
  const inside = (u: number, v: number) => u >= 0 && v >= 0 && u < side && v < side && inMask[v * side + u] === 1;
  for (let v = 0; v < side; v++) {
    for (let u = 0; u < side; u++) {
      if (!inside(u, v)) continue;
      if (inside(u - 1, v) && inside(u + 1, v) && inside(u, v - 1) && inside(u, v + 1)) continue;
      picture.data.set(outline, offset(picture, panel, u, v));
    }
  }
}
