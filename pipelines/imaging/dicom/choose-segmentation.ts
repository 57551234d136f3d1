import { imagingError } from '../errors.js';

/** What a file index knows of a series from its headers. */
export interface SeriesRecord {
  readonly modality: string;
  readonly frameOfReferenceUid?: string | undefined;
  readonly referencedSeriesUids: readonly string[];
  readonly seriesInstanceUid: string;
  readonly seriesDescription?: string | undefined;
  readonly files: readonly string[];
}

/** Narrows the choice where several segmentations fit. */
export interface SegmentationChoice {
  readonly modality?: 'SEG' | 'RTSTRUCT';
  readonly seriesDescription?: string;
}

/** The segmentation that belongs to an image, and why. */
export interface ChosenSegmentation {
  readonly file: string;
  readonly series: SeriesRecord;
  /** What tied it to the image: it names the image's series, or only shares its space. */
  readonly by: 'reference' | 'frame-of-reference';
}

/**
 * The one SEG or RTSTRUCT that belongs to an image series: those that name the series in their headers; when there is none,
 * those of its frame of reference. Names of files and folders play no part.
 * @throws ImagingError SEGMENTATION_NONE, SEGMENTATION_SEVERAL with the list of candidates
 */
export function chooseSegmentation(
  series: readonly SeriesRecord[],
  image: Pick<SeriesRecord, 'seriesInstanceUid' | 'frameOfReferenceUid'>,
  choice: SegmentationChoice = {},
): ChosenSegmentation {
  const all = series.filter((s) => s.modality === 'SEG' || s.modality === 'RTSTRUCT');
  const asked = all.filter(
    (s) =>
      (choice.modality === undefined || s.modality === choice.modality) &&
      (choice.seriesDescription === undefined || s.seriesDescription === choice.seriesDescription),
  );
  const named = asked.filter((s) => s.referencedSeriesUids.includes(image.seriesInstanceUid));
  const near = asked.filter(
    (s) => image.frameOfReferenceUid !== undefined && s.frameOfReferenceUid === image.frameOfReferenceUid,
  );
  const [by, found] = named.length > 0 ? (['reference', named] as const) : (['frame-of-reference', near] as const);
  const candidates = found.flatMap((s) => s.files.map((file) => ({ file, series: s, by })));
  const [only] = candidates;
  if (only === undefined) throw imagingError('SEGMENTATION_NONE', whyNone(all, asked, image));
  if (candidates.length > 1)
    throw imagingError('SEGMENTATION_SEVERAL', candidates.map((c) => describe(c.series, c.file)).join('; '));
  return only;
}

function whyNone(
  all: readonly SeriesRecord[],
  asked: readonly SeriesRecord[],
  image: Pick<SeriesRecord, 'seriesInstanceUid' | 'frameOfReferenceUid'>,
): string {
  if (all.length === 0) return 'there is no SEG and no RTSTRUCT';
  if (asked.length === 0) return `none is of the modality and series description asked for; there is ${list(all)}`;
  return `none names the series ${image.seriesInstanceUid} or has the frame of reference ${image.frameOfReferenceUid ?? '(the image has none)'}; there is ${list(asked)}`;
}

const list = (series: readonly SeriesRecord[]): string =>
  series.map((s) => describe(s, s.files[0] ?? 'no file')).join('; ');

const describe = (series: SeriesRecord, file: string): string =>
  `${series.modality} "${series.seriesDescription ?? ''}" (series ${series.seriesInstanceUid}, ${file})`;
