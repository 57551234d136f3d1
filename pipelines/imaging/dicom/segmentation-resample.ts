import { imagingError } from '../errors.js';
import {
  affineColumn,
  applyAffine,
  dot,
  formatNumbers,
  type Grid,
  invertAffine,
  norm,
  scale,
  spacingOf,
  subtract,
} from '../volume/affine.js';
import { type Frame, normalOf } from './frames.js';
import type { ReadFinding } from './mask-result.js';
import { framePixels, type SegmentFrames } from './segmentation-frames.js';
import { planeAffine } from './slice-order.js';

/** A segment on a grid of its own; planes without a frame are empty, and take no memory however many a header claims. */
interface SegmentGrid extends Grid {
  readonly planes: ReadonlyMap<number, Uint8Array>;
}

/**
 * Nearest-neighbour resampling of a segment whose own grid is not the image's. Each image voxel takes the value of the
 * segmentation pixel its centre falls into; a frame reaches half its slice distance to either side.
 * @param out the mask on `grid`, filled with 1 where inside
 * @throws ImagingError SEG_GRID when the frames form no even grid or lie oblique to the image; MASK_OUTSIDE_IMAGE
 */
export function resampleSegment(frames: SegmentFrames, grid: Grid, out: Uint8Array): ReadFinding {
  const source = segmentGrid(frames);
  checkParallel(frames, source, grid);
  checkInside(frames, source, grid);
  const toSource = invertAffine(source.indexToLps);
  const [nx, ny, nz] = grid.size;
  const [sx, sy] = source.size;
  const step = multiply(toSource, grid.indexToLps);
  const m = (i: number) => step[i] as number;
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++) {
        const u = Math.floor(m(0) * x + m(1) * y + m(2) * z + m(3) + 0.5);
        const v = Math.floor(m(4) * x + m(5) * y + m(6) * z + m(7) + 0.5);
        if (u < 0 || v < 0 || u >= sx || v >= sy) continue;
        const plane = source.planes.get(Math.floor(m(8) * x + m(9) * y + m(10) * z + m(11) + 0.5));
        if (plane !== undefined) out[x + nx * (y + ny * z)] = plane[u + sx * v] as number;
      }
    }
  }
  const text = (g: Grid) =>
    `${formatNumbers(spacingOf(g.indexToLps))} mm from ${formatNumbers(affineColumn(g.indexToLps, 3))}`;
  return {
    code: 'IMAGING_SEGMENTATION_RESAMPLED',
    message: `${frames.pixels.file}: the grid of "${frames.segment.label}" (${text(source)}) is not the image's (${text(grid)}); it was resampled by nearest neighbour`,
  };
}

/** a x b of row-major 4x4 affines. */
function multiply(a: readonly number[], b: readonly number[]): readonly number[] {
  return Array.from({ length: 16 }, (_, i) => {
    const [row, column] = [i - (i % 4), i % 4];
    return [0, 1, 2, 3].reduce((sum, k) => sum + (a[row + k] as number) * (b[4 * k + column] as number), 0);
  });
}

function segmentGrid(frames: SegmentFrames): SegmentGrid {
  const { file, rows, columns } = frames.pixels;
  const [first] = frames.frames;
  if (first === undefined) throw imagingError('MASK_EMPTY', file, frames.segment.label);
  const normal = normalOf(first.plane);
  const heights = frames.frames.map((frame) => dot(subtract(frame.plane.position, first.plane.position), normal));
  const distance = planeDistance(first, heights);
  const lowest = heights.reduce((least, h) => Math.min(least, h), Number.POSITIVE_INFINITY);
  const start = frames.frames[heights.indexOf(lowest)] as Frame;
  const levels = heights.map((height, i) => {
    const level = Math.round((height - lowest) / distance);
    const expected = scale(normal, level * distance);
    const { position, rowDirection, columnDirection } = (frames.frames[i] as Frame).plane;
    const off = norm(subtract(subtract(position, start.plane.position), expected));
    const turned =
      norm(subtract(rowDirection, first.plane.rowDirection)) +
      norm(subtract(columnDirection, first.plane.columnDirection));
    if (off > 0.1 || turned > 2e-3) {
      throw imagingError(
        'SEG_GRID',
        file,
        `its frames do not lie on one even grid (frame ${i + 1} is off by ${formatNumbers([off])} mm)`,
      );
    }
    return level;
  });
  const size = [columns, rows, levels.reduce((most, level) => Math.max(most, level), 0) + 1] as const;
  const planes = new Map<number, Uint8Array>();
  frames.frames.forEach((frame, i) => {
    const level = levels[i] as number;
    const plane = planes.get(level) ?? new Uint8Array(columns * rows);
    const stored = framePixels(frames, frame);
    for (let p = 0; p < stored.length; p++) if (frames.inside(stored[p] as number)) plane[p] = 1;
    planes.set(level, plane);
  });
  return { planes, size, indexToLps: planeAffine(start.plane, scale(normal, distance)) };
}

/** SpacingBetweenSlices, else the smallest distance of two frames, else SliceThickness. */
function planeDistance(frame: Frame, heights: readonly number[]): number {
  const measures = frame.group('PixelMeasuresSequence');
  const stated = measures?.number('SpacingBetweenSlices');
  if (stated !== undefined && stated > 0) return stated;
  const sorted = [...heights].sort((a, b) => a - b);
  const gaps = sorted
    .slice(1)
    .map((h, i) => h - (sorted[i] as number))
    .filter((gap) => gap > 1e-3);
  const smallest =
    gaps.length > 0 ? gaps.reduce((least, gap) => Math.min(least, gap)) : measures?.number('SliceThickness');
  if (smallest === undefined || smallest <= 0) {
    throw imagingError('SEG_GRID', frame.item.file, 'the distance of its planes is not stated');
  }
  return smallest;
}

/** Nearest neighbour is only honest between grids whose axes run along each other: 1 degree at most. */
function checkParallel(frames: SegmentFrames, source: Grid, grid: Grid): void {
  for (const i of [0, 1, 2] as const) {
    const a = affineColumn(source.indexToLps, i);
    const along = Math.max(
      ...([0, 1, 2] as const).map((j) => {
        const b = affineColumn(grid.indexToLps, j);
        return Math.abs(dot(a, b)) / (norm(a) * norm(b));
      }),
    );
    if (along < Math.cos(Math.PI / 180)) {
      throw imagingError('SEG_GRID', frames.pixels.file, 'its axes are oblique to those of the image');
    }
  }
}

/** No pixel of the segment may be centred more than half a voxel outside the image. */
function checkInside(frames: SegmentFrames, source: SegmentGrid, grid: Grid): void {
  const lpsToIndex = invertAffine(grid.indexToLps);
  const [sx] = source.size;
  for (const [w, plane] of source.planes) {
    for (let p = plane.indexOf(1); p >= 0; p = plane.indexOf(1, p + 1)) {
      const lps = applyAffine(source.indexToLps, [p % sx, Math.floor(p / sx), w]);
      const index = applyAffine(lpsToIndex, lps);
      if (index.some((value, axis) => value < -0.5 - 1e-3 || value > (grid.size[axis] as number) - 0.5 + 1e-3)) {
        const where = `at ${formatNumbers(lps)} mm (LPS)`;
        throw imagingError('MASK_OUTSIDE_IMAGE', frames.pixels.file, frames.segment.label, where);
      }
    }
  }
}
