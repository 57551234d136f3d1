import { imagingError } from '../errors.js';
import {
  type Affine,
  applyAffine,
  applyLinear,
  type Grid,
  invertAffine,
  norm,
  scale,
  spacingOf,
  type Vec3,
} from '../volume/affine.js';
import type { Mask, Volume } from '../volume/volume.js';
import type { DicomItem } from './data-set.js';
import type { Frame } from './frames.js';
import { checkFrameOfReference, type MaskResult, type ReadFinding } from './mask-result.js';
import { chooseSegment, framePixels, type SegmentFrames, segmentFrames } from './segmentation-frames.js';
import { resampleSegment } from './segmentation-resample.js';

/**
 * One segment of a DICOM segmentation object on the volume's grid. Frames are placed by their position and orientation,
 * never by their order; planes without a frame are outside.
 * A frame is taken pixel by pixel when every one of its pixel centres is a voxel centre within 0.01 mm + 1 % of the
 * voxel spacing (any orientation, any direction); else the segment is resampled (nearest neighbour) with a finding.
 * @throws ImagingError FRAME_OF_REFERENCE_DIFFERS, SEG_*, MASK_OUTSIDE_IMAGE, MASK_EMPTY, DICOM_*
 */
export function segmentationMask(item: DicomItem, volume: Volume, choice: string | number | undefined): MaskResult {
  const segment = chooseSegment(item, choice);
  const findings = checkFrameOfReference(item.file, item.text('FrameOfReferenceUID'), volume);
  const frames = segmentFrames(item, segment, volume, findings);
  const lpsToIndex = invertAffine(volume.indexToLps);
  const placed = frames.frames.map((frame) => ({ frame, walk: pixelWalk(frame, volume, lpsToIndex) }));
  const voxels = new Uint8Array(volume.voxels.length);
  if (placed.every((p) => p.walk !== null)) {
    for (const { frame, walk } of placed) if (walk !== null) placeFrame(frames, frame, walk, volume, voxels);
  } else {
    findings.push(resampleSegment(frames, volume, voxels) satisfies ReadFinding);
  }
  if (!voxels.includes(1)) throw imagingError('MASK_EMPTY', item.file, segment.label);
  const mask: Mask = { voxels, size: volume.size, indexToLps: volume.indexToLps, label: segment.label };
  return { mask, findings };
}

/** Whole voxel steps: where a frame's first pixel is, and where the next column and the next row are. */
interface PixelWalk {
  readonly start: Vec3;
  readonly alongRow: Vec3;
  readonly alongColumn: Vec3;
}

/** The walk of a frame over the grid, null when its pixels are not the grid's voxels. */
function pixelWalk(frame: Frame, grid: Grid, lpsToIndex: Affine): PixelWalk | null {
  const { position, rowDirection, columnDirection, spacing } = frame.plane;
  const exact: PixelWalk = {
    start: applyAffine(lpsToIndex, position),
    alongRow: applyLinear(lpsToIndex, scale(rowDirection, spacing[0])),
    alongColumn: applyLinear(lpsToIndex, scale(columnDirection, spacing[1])),
  };
  const walk: PixelWalk = {
    start: rounded(exact.start),
    alongRow: rounded(exact.alongRow),
    alongColumn: rounded(exact.alongColumn),
  };
  if (norm(walk.alongRow) !== 1 || norm(walk.alongColumn) !== 1) return null;
  const { columns, rows } = { columns: frame.item.requiredUint16('Columns'), rows: frame.item.requiredUint16('Rows') };
  const tolerance = spacingOf(grid.indexToLps).map((s) => 0.01 / s + 0.01);
  // The error grows linearly over the frame: if the four corners fit, every pixel does.
  const fits = [0, columns - 1].every((c) =>
    [0, rows - 1].every((r) => {
      const [a, b] = [pixelIndex(exact, c, r), pixelIndex(walk, c, r)];
      return a.every((v, i) => Math.abs(v - (b[i] as number)) <= (tolerance[i] as number));
    }),
  );
  return fits ? walk : null;
}

const rounded = (v: Vec3): Vec3 => [Math.round(v[0]), Math.round(v[1]), Math.round(v[2])];

function pixelIndex(walk: PixelWalk, column: number, row: number): Vec3 {
  const at = (i: 0 | 1 | 2) => walk.start[i] + column * walk.alongRow[i] + row * walk.alongColumn[i];
  return [at(0), at(1), at(2)];
}

function placeFrame(frames: SegmentFrames, frame: Frame, walk: PixelWalk, grid: Grid, out: Uint8Array): void {
  const { rows, columns, file } = frames.pixels;
  const stored = framePixels(frames, frame);
  const [nx, ny, nz] = grid.size;
  const { start, alongRow, alongColumn } = walk;
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      if (!frames.inside(stored[r * columns + c] as number)) continue;
      const x = start[0] + c * alongRow[0] + r * alongColumn[0];
      const y = start[1] + c * alongRow[1] + r * alongColumn[1];
      const z = start[2] + c * alongRow[2] + r * alongColumn[2];
      if (x < 0 || y < 0 || z < 0 || x >= nx || y >= ny || z >= nz) {
        const where = `frame ${frame.index + 1} would need voxel ${x}, ${y}, ${z} of ${nx} x ${ny} x ${nz}`;
        throw imagingError('MASK_OUTSIDE_IMAGE', file, frames.segment.label, where);
      }
      out[x + nx * (y + ny * z)] = 1;
    }
  }
}
