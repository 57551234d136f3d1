import { imagingError } from '../errors.js';
import {
  type Affine,
  add,
  affineFromAxes,
  dot,
  formatNumbers,
  norm,
  scale,
  subtract,
  type Vec3,
} from '../volume/affine.js';
import { type Frame, normalOf, type Plane } from './frames.js';

/** How far a slice may lie off its straight line through the series, sideways, in mm: rounding of positions, not tilt. */
const sidewaysToleranceMm = 0.1;

/** Frames from the lowest to the highest along the slice normal, and the grid they form. */
export interface OrderedFrames {
  readonly frames: readonly Frame[];
  readonly indexToLps: Affine;
}

interface Placed {
  readonly frame: Frame;
  /** mm along the normal. */
  readonly height: number;
}

/**
 * Orders slices by their position along the slice normal, never by name or instance number, and checks that they form one
 * even grid. The slice distance comes from the positions; a single slice takes its SliceThickness.
 * @throws ImagingError SERIES_DUPLICATE_POSITION, SERIES_TILTED, SERIES_UNEVEN_SPACING, SERIES_NO_SPACING
 */
export function orderSlices(frames: readonly [Frame, ...Frame[]]): OrderedFrames {
  const normal = normalOf(frames[0].plane);
  const placed = frames
    .map((frame) => ({ frame, height: dot(frame.plane.position, normal) }))
    .sort((a, b) => a.height - b.height);
  const first = placed[0] as Placed;
  const last = placed.at(-1) as Placed;
  const distance = placed.length === 1 ? thicknessOf(first.frame) : (last.height - first.height) / (placed.length - 1);
  if (placed.length > 1) {
    checkDuplicates(placed);
    checkSideways(placed, normal);
    checkEven(placed, distance);
  }
  const { plane } = first.frame;
  // With several slices the third axis is the true step between them, which makes the last slice land where it says.
  const step =
    placed.length === 1
      ? scale(normal, distance)
      : roundStep(scale(subtract(last.frame.plane.position, plane.position), 1 / (placed.length - 1)));
  return { frames: placed.map((p) => p.frame), indexToLps: planeAffine(plane, step) };
}

/** To 1e-9 mm: 2.9999999999998486 is 3 after the subtraction of decimal positions. */
const roundStep = (step: Vec3): Vec3 => {
  const round = (v: number) => Math.round(v * 1e9) / 1e9;
  return [round(step[0]), round(step[1]), round(step[2])];
};

/** Affine of a stack that starts at `plane` and goes on by `step` (mm) per slice. */
export function planeAffine(plane: Plane, step: Vec3): Affine {
  return affineFromAxes(
    scale(plane.rowDirection, plane.spacing[0]),
    scale(plane.columnDirection, plane.spacing[1]),
    step,
    plane.position,
  );
}

function thicknessOf(frame: Frame): number {
  const measures = frame.group('PixelMeasuresSequence') ?? frame.item;
  const thickness = measures.number('SliceThickness');
  if (thickness === undefined || thickness <= 0) throw imagingError('SERIES_NO_SPACING', frame.item.file);
  return thickness;
}

/** File, and the frame's number where the file has several. */
export function frameName(frame: Frame): string {
  return frame.item.has('NumberOfFrames') ? `${frame.item.file} frame ${frame.index + 1}` : frame.item.file;
}

function checkDuplicates(placed: readonly Placed[]): void {
  for (let i = 1; i < placed.length; i++) {
    const [a, b] = [placed[i - 1] as Placed, placed[i] as Placed];
    if (b.height - a.height < 1e-3) {
      throw imagingError(
        'SERIES_DUPLICATE_POSITION',
        formatNumbers([a.height]),
        frameName(a.frame),
        frameName(b.frame),
      );
    }
  }
}

function checkSideways(placed: readonly Placed[], normal: Vec3): void {
  const start = (placed[0] as Placed).frame.plane.position;
  for (const { frame } of placed) {
    const offset = subtract(frame.plane.position, start);
    const sideways = norm(add(offset, scale(normal, -dot(offset, normal))));
    if (sideways > sidewaysToleranceMm) {
      throw imagingError('SERIES_TILTED', frameName(frame), formatNumbers([sideways]), String(sidewaysToleranceMm));
    }
  }
}

/**
 * Every distance must equal the usual (median) one, and every slice lie on the even grid, within 0.1 mm or a tenth of the
 * distance, whichever is less: room for rounded positions only.
 */
function checkEven(placed: readonly Placed[], distance: number): void {
  const gaps = placed.slice(1).map((p, i) => p.height - (placed[i] as Placed).height);
  const median = [...gaps].sort((a, b) => a - b)[gaps.length >> 1] as number;
  const tolerance = Math.min(0.1, 0.1 * median) + 1e-6;
  const odd = gaps.flatMap((gap, i) => {
    const [a, b] = [placed[i] as Placed, placed[i + 1] as Placed];
    return Math.abs(gap - median) > tolerance ? [`${mm(gap)} mm between ${mm(a.height)} and ${mm(b.height)}`] : [];
  });
  const start = (placed[0] as Placed).height;
  if (odd.length === 0) {
    const drift = placed.find((p, i) => Math.abs(p.height - start - i * distance) > tolerance);
    if (drift !== undefined) odd.push(`the slice at ${mm(drift.height)} is off the even grid`);
  }
  if (odd.length > 0) {
    const shown = odd.slice(0, 5).join(', ') + (odd.length > 5 ? ` and ${odd.length - 5} more` : '');
    throw imagingError('SERIES_UNEVEN_SPACING', shown, mm(median), mm(tolerance - 1e-6));
  }
}

const mm = (value: number): string => formatNumbers([value]);
