import { applyAffine, directionsOf, spacingOf } from '../volume/affine.js';
import type { Volume } from '../volume/volume.js';
import type { DicomItem } from './data-set.js';
import { type Frame, functionalGroups, isMultiFrame, type Plane, planeOf } from './frames.js';
import type { ReadFinding } from './mask-result.js';
import { frameCount } from './pixel-data.js';

/**
 * The frames of a segmentation, placed. Programs of the first years (early 3D Slicer, ePAD and others) left out what the
 * standard asks for; what says the same thing elsewhere in the file is taken instead, and `findings` says so:
 * - a wrong NumberOfFrames where the described frames and the pixel data agree on another one;
 * - orientation and pixel spacing that are not in the functional groups but in the data set itself;
 * - frames without position, orientation or spacing that name the image slice they were drawn on.
 * @throws ImagingError DICOM_TAG_MISSING, DICOM_TAG_INVALID when a frame cannot be placed
 */
export function segmentationFrames(item: DicomItem, volume: Volume, findings: ReadFinding[]): readonly Frame[] {
  const count = segmentationFrameCount(item, findings);
  if (!isMultiFrame(item)) item.missing('SharedFunctionalGroupsSequence');
  const repairs = new Set<string>();
  const frames = functionalGroups(item, count).map((group, index): Frame => {
    const source = () => sourcePlane(item, group, volume);
    const plane = statedPlane(item, group, repairs) ?? source();
    if (plane === null) return item.missing('PlanePositionSequence');
    if (group('PlanePositionSequence') === undefined)
      repairs.add('frames without a position lie on the slices they name');
    return { item, index, plane, group };
  });
  if (repairs.size > 0) findings.push(repaired(item, [...repairs].join('; ')));
  return frames;
}

export function repaired(item: DicomItem, what: string): ReadFinding {
  return {
    code: 'IMAGING_SEGMENTATION_REPAIRED',
    message: `${item.file} is not as the standard says, and was read by what it says elsewhere: ${what}`,
  };
}

/** NumberOfFrames, or the number that described frames and pixel data agree on. */
export function segmentationFrameCount(item: DicomItem, findings: ReadFinding[] = []): number {
  const described = item.items('PerFrameFunctionalGroupsSequence').length;
  const stated = item.has('NumberOfFrames') ? frameCount(item) : described;
  if (described <= 1 || stated === described) return Math.max(1, stated);
  const bits = item.requiredUint16('Rows') * item.requiredUint16('Columns') * item.requiredUint16('BitsAllocated');
  const bytesFor = (frames: number) => 2 * Math.ceil((bits * frames) / 16);
  const element = item.raw.elements.x7fe00010;
  const held = element?.fragments?.length ?? element?.length ?? 0;
  const fits =
    element?.fragments === undefined ? held === bytesFor(described) && held !== bytesFor(stated) : held === described;
  if (!fits) return stated;
  findings.push(repaired(item, `NumberOfFrames is ${stated}, while ${described} frames are described and stored`));
  return described;
}

function statedPlane(item: DicomItem, group: Frame['group'], repairs: Set<string>): Plane | null {
  const position = group('PlanePositionSequence');
  if (position === undefined) return null;
  const own = (
    sequence: 'PlaneOrientationSequence' | 'PixelMeasuresSequence',
    keyword: 'ImageOrientationPatient' | 'PixelSpacing',
  ) => {
    const found = group(sequence);
    if (found !== undefined || !item.has(keyword)) return found;
    repairs.add(`${keyword} is not in the functional groups but in the data set`);
    return item;
  };
  const orientation = own('PlaneOrientationSequence', 'ImageOrientationPatient');
  const measures = own('PixelMeasuresSequence', 'PixelSpacing');
  return planeOf(
    position,
    orientation ?? item.missing('PlaneOrientationSequence'),
    measures ?? item.missing('PixelMeasuresSequence'),
  );
}

/** The plane of the image slice that a frame names as its source, null when it names none of the volume's or not just one. */
function sourcePlane(item: DicomItem, group: Frame['group'], { size, indexToLps, dicom }: Volume): Plane | null {
  const sources = group('DerivationImageSequence')?.items('SourceImageSequence') ?? [];
  const uids = new Set(sources.flatMap((source) => source.text('ReferencedSOPInstanceUID') ?? []));
  const slices = (dicom?.sliceUids ?? []).flatMap((uid, z) => (uids.has(uid) ? [z] : []));
  const sameSize = item.uint16('Columns') === size[0] && item.uint16('Rows') === size[1];
  const [z] = slices;
  if (z === undefined || slices.length > 1 || !sameSize) return null;
  const [rowDirection, columnDirection] = directionsOf(indexToLps);
  const [x, y] = spacingOf(indexToLps);
  return { position: applyAffine(indexToLps, [0, 0, z]), rowDirection, columnDirection, spacing: [x, y] };
}
