import { dicomFile, type Element, element, words } from './dicom-bytes.js';

/** Small DICOM objects for tests: a CT slice, a segmentation, a structure set. */

export interface SliceOptions {
  readonly position?: readonly [number, number, number];
  readonly orientation?: string;
  readonly spacing?: string;
  readonly rows?: number;
  readonly columns?: number;
  readonly values?: readonly number[];
  readonly slope?: string;
  readonly intercept?: string;
  readonly bitsStored?: number;
  readonly signed?: boolean;
  readonly series?: string;
  readonly frameOfReference?: string;
  readonly modality?: string;
  readonly syntax?: string;
  /** Added to, or in place of, the elements above; an element with an empty text is left out. */
  readonly extra?: readonly Element[];
}

/** One CT slice, 4 columns x 3 rows unless told otherwise, stored values 0, 1, 2, ... */
export function ctSlice(options: SliceOptions = {}): Buffer {
  const { rows = 3, columns = 4, position = [0, 0, 0] } = options;
  const values = options.values ?? Array.from({ length: rows * columns }, (_, i) => i);
  return dicomFile(
    replace(
      [
        element('00080016', 'UI', '1.2.840.10008.5.1.4.1.1.2'),
        element('00080060', 'CS', options.modality ?? 'CT'),
        element('00100010', 'PN', 'Secret^Name'),
        element('00180050', 'DS', '5'),
        element('0020000E', 'UI', options.series ?? '1.2.3'),
        element('00200032', 'DS', position.join('\\')),
        element('00200037', 'DS', options.orientation ?? '1\\0\\0\\0\\1\\0'),
        element('00200052', 'UI', options.frameOfReference ?? '1.2.9'),
        element('00280002', 'US', [1]),
        element('00280010', 'US', [rows]),
        element('00280011', 'US', [columns]),
        element('00280030', 'DS', options.spacing ?? '0.5\\0.75'),
        element('00280100', 'US', [16]),
        element('00280101', 'US', [options.bitsStored ?? 16]),
        element('00280102', 'US', [(options.bitsStored ?? 16) - 1]),
        element('00280103', 'US', [options.signed === true ? 1 : 0]),
        element('00281052', 'DS', options.intercept ?? '-1000'),
        element('00281053', 'DS', options.slope ?? '1'),
        element('7FE00010', 'OW', words(values)),
      ],
      options.extra ?? [],
    ),
    options.syntax,
  );
}

export interface MultiFrameOptions extends Omit<SliceOptions, 'position'> {
  readonly frames: number;
  /** Rescale of each frame; without, one shared rescale (slope 1, intercept 0). */
  readonly rescale?: readonly (readonly [slope: string, intercept: string])[];
}

/** An enhanced CT of frames 2 mm apart, stored from the highest to the lowest, values 0, 1, 2, ... through all frames. */
export function multiFrameCt(options: MultiFrameOptions): Buffer {
  const { frames, rows = 3, columns = 4, bitsStored = 16 } = options;
  const values = options.values ?? Array.from({ length: rows * columns * frames }, (_, i) => i);
  const transformation = ([slope, intercept]: readonly [string, string]) =>
    element('00289145', 'SQ', [[element('00281052', 'DS', intercept), element('00281053', 'DS', slope)]]);
  const shared = [
    element('00209116', 'SQ', [[element('00200037', 'DS', options.orientation ?? '1\\0\\0\\0\\1\\0')]]),
    element('00289110', 'SQ', [
      [element('00180050', 'DS', '2'), element('00280030', 'DS', options.spacing ?? '0.5\\0.75')],
    ]),
    ...(options.rescale === undefined ? [transformation(['1', '0'])] : []),
  ];
  const perFrame = Array.from({ length: frames }, (_, i) => [
    element('00209113', 'SQ', [[element('00200032', 'DS', `0\\0\\${2 * (frames - 1 - i)}`)]]),
    ...(options.rescale === undefined ? [] : [transformation(options.rescale[i] as readonly [string, string])]),
  ]);
  return dicomFile(
    replace(
      [
        element('00080016', 'UI', '1.2.840.10008.5.1.4.1.1.2.1'),
        element('00080018', 'UI', '1.2.3.1'),
        element('00080060', 'CS', 'CT'),
        element('0020000E', 'UI', '1.2.3'),
        element('00200052', 'UI', '1.2.9'),
        element('00280002', 'US', [1]),
        element('00280008', 'IS', String(frames)),
        element('00280010', 'US', [rows]),
        element('00280011', 'US', [columns]),
        element('00280100', 'US', [16]),
        element('00280101', 'US', [bitsStored]),
        element('00280102', 'US', [bitsStored - 1]),
        element('00280103', 'US', [options.signed === true ? 1 : 0]),
        element('52009229', 'SQ', [shared]),
        element('52009230', 'SQ', perFrame),
        element('7FE00010', 'OW', words(values)),
      ],
      options.extra ?? [],
    ),
    options.syntax,
  );
}

/** Elements with those of the same tag replaced; an empty text removes one. */
export function replace(elements: readonly Element[], by: readonly Element[]): readonly Element[] {
  const tags = new Set(by.map((e) => e.tag));
  return [...elements.filter((e) => !tags.has(e.tag)), ...by.filter((e) => e.value !== '')];
}

export interface SegFrame {
  readonly position: readonly [number, number, number];
  readonly segment?: number;
  /** 0 or 1 (BINARY), else stored values. */
  readonly values: readonly number[];
}

export interface SegOptions {
  readonly rows?: number;
  readonly columns?: number;
  readonly type?: 'BINARY' | 'FRACTIONAL' | 'LABELMAP';
  readonly maximum?: number;
  readonly orientation?: string;
  readonly spacing?: string;
  readonly between?: string;
  readonly frameOfReference?: string;
  readonly syntax?: string;
  readonly segments?: readonly string[];
  readonly frames: readonly SegFrame[];
  readonly extra?: readonly Element[];
}

/** A segmentation on the grid of {@link ctSlice} unless told otherwise; the segment number is shared when every frame has the same. */
export function segmentation(options: SegOptions): Buffer {
  const { type = 'BINARY', rows = 3, columns = 4 } = options;
  const values = options.frames.flatMap((f) => f.values);
  const { shared, perFrame } = functionalGroups(options, type);
  return dicomFile(
    replace(
      [
        element('00080016', 'UI', '1.2.840.10008.5.1.4.1.1.66.4'),
        element('00080060', 'CS', 'SEG'),
        element('0020000E', 'UI', '1.2.4'),
        element('00200052', 'UI', options.frameOfReference ?? '1.2.9'),
        element('00280002', 'US', [1]),
        element('00280008', 'IS', String(options.frames.length)),
        element('00280010', 'US', [rows]),
        element('00280011', 'US', [columns]),
        element('00280100', 'US', [type === 'BINARY' ? 1 : 8]),
        element('00280101', 'US', [type === 'BINARY' ? 1 : 8]),
        element('00280102', 'US', [type === 'BINARY' ? 0 : 7]),
        element('00280103', 'US', [0]),
        element('00620001', 'CS', type),
        element(
          '00620002',
          'SQ',
          (options.segments ?? ['Tumour']).map((label, i) => [
            element('00620004', 'US', [i + 1]),
            element('00620005', 'LO', label),
          ]),
        ),
        ...(type === 'FRACTIONAL' ? [element('0062000E', 'US', [options.maximum ?? 255])] : []),
        element('52009229', 'SQ', [shared]),
        element('52009230', 'SQ', perFrame),
        element('7FE00010', 'OB', type === 'BINARY' ? packBits(values) : Uint8Array.from(values)),
      ],
      options.extra ?? [],
    ),
    options.syntax,
  );
}

function functionalGroups(options: SegOptions, type: string) {
  const numbers = new Set(options.frames.map((f) => f.segment ?? 1));
  const identification = (n: number) => element('0062000A', 'SQ', [[element('0062000B', 'US', [n])]]);
  const shared = [
    element('00209116', 'SQ', [[element('00200037', 'DS', options.orientation ?? '1\\0\\0\\0\\1\\0')]]),
    element('00289110', 'SQ', [
      [
        element('00180050', 'DS', '2'),
        ...(options.between === undefined ? [] : [element('00180088', 'DS', options.between)]),
        element('00280030', 'DS', options.spacing ?? '0.5\\0.75'),
      ],
    ]),
    ...(type !== 'LABELMAP' && numbers.size === 1 ? [identification([...numbers][0] as number)] : []),
  ];
  const perFrame = options.frames.map((f) => [
    element('00209113', 'SQ', [[element('00200032', 'DS', f.position.join('\\'))]]),
    ...(type !== 'LABELMAP' && numbers.size > 1 ? [identification(f.segment ?? 1)] : []),
  ]);
  return { shared, perFrame };
}

/** Bits as BINARY frames store them, the first one lowest. */
export function packBits(bits: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  bits.forEach((bit, i) => {
    if (bit === 1) bytes[i >> 3] = (bytes[i >> 3] as number) | (1 << (i & 7));
  });
  return bytes;
}

export interface RoiSpec {
  readonly number: number;
  readonly name: string;
  readonly contours: readonly { readonly type?: string; readonly points: readonly number[] }[];
  /** Contours of the same ROI in further items of the contour sequence. */
  readonly more?: readonly RoiSpec['contours'][];
}

/** An RT structure set; the contours name no image. */
export function structureSet(rois: readonly RoiSpec[], frameOfReference = '1.2.9'): Buffer {
  return dicomFile([
    element('00080016', 'UI', '1.2.840.10008.5.1.4.1.1.481.3'),
    element('00080060', 'CS', 'RTSTRUCT'),
    element('0020000E', 'UI', '1.2.5'),
    element(
      '30060020',
      'SQ',
      rois.map((roi) => [
        element('30060022', 'IS', String(roi.number)),
        element('30060024', 'UI', frameOfReference),
        element('30060026', 'LO', roi.name),
      ]),
    ),
    element(
      '30060039',
      'SQ',
      rois.flatMap((roi) =>
        [roi.contours, ...(roi.more ?? [])].map((contours) => [
          element(
            '30060040',
            'SQ',
            contours.map((contour) => [
              element('30060042', 'CS', contour.type ?? 'CLOSED_PLANAR'),
              element('30060050', 'DS', contour.points.join('\\')),
            ]),
          ),
          element('30060084', 'IS', String(roi.number)),
        ]),
      ),
    ),
  ]);
}
