import { join } from 'node:path';

export type Delimiter = '\t' | ',' | ';';

/** What every recognised table has. `path` is relative to the index's root, with `/`. */
interface TableFile {
  readonly path: string;
  readonly delimiter: Delimiter;
  /** True when the file is gzip-compressed, whatever its name. */
  readonly gzip: boolean;
}

/** Genes in rows, samples in columns. */
export interface ExpressionFile extends TableFile {
  /** Header cells after the first, in file order; a repeated id is kept, so that the reader can refuse it. */
  readonly sampleIds: readonly string[];
  /** Lines after the header that are not blank. */
  readonly geneCount: number;
}

/** A table with one row per patient and clinical columns. */
export interface ClinicalFile extends TableFile {
  /** The header as written, e.g. `Case ID` or `Patient ID`. */
  readonly idColumn: string;
  /** Ids in file order, as written but trimmed. */
  readonly patientIds: readonly string[];
  readonly columnCount: number;
}

/** Precomputed radiomics: patients in rows, `original_*` columns. */
export interface RadiomicsTable extends TableFile {
  readonly idColumn: string;
  readonly patientIds: readonly string[];
  /** Number of `original_*` columns. */
  readonly featureCount: number;
}

/** One object of a series. */
export interface DicomFile {
  /** Relative to the index's root, with `/`. */
  readonly path: string;
  readonly sopInstanceUid: string;
}

/** One DICOM series. `files` are sorted by path, which says nothing about slice order. */
export interface DicomSeries {
  readonly patientId: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  /** `CT`, `SEG`, `RTSTRUCT`, `MR`, ... */
  readonly modality: string;
  readonly sopClassUid: string;
  readonly frameOfReferenceUid?: string;
  readonly seriesDescription?: string;
  /** As in the header: `YYYYMMDD`. */
  readonly studyDate?: string;
  /** Series that a SEG or RTSTRUCT was drawn on; sorted, without repetition; empty for images. */
  readonly referencedSeriesUids: readonly string[];
  readonly files: readonly DicomFile[];
}

/** Which kinds of data a patient has. */
export interface PatientModalities {
  readonly genomic: boolean;
  readonly clinical: boolean;
  readonly ct: boolean;
  /** A DICOM SEG or RTSTRUCT exists. */
  readonly segmentation: boolean;
  readonly radiomicsTable: boolean;
}

/** A patient by the id of the data set. */
export interface PatientEntry {
  readonly patientId: string;
  readonly modalities: PatientModalities;
}

/** `broken`: meant as data but not usable as it is. `unknown`: nothing this program reads. */
export interface NotUnderstood {
  readonly path: string;
  readonly reason: string;
  readonly kind: 'broken' | 'unknown';
  /** Whose DICOM file it is, when the header told before it broke off: the patient's series then lacks an object. */
  readonly patientId?: string;
}

/** What a folder holds. Plain values, sorted by code point: the same files give the same index. */
export interface CohortIndex {
  /** Absolute path of the folder. */
  readonly root: string;
  readonly expression: readonly ExpressionFile[];
  readonly clinical: readonly ClinicalFile[];
  readonly radiomics: readonly RadiomicsTable[];
  readonly series: readonly DicomSeries[];
  readonly patients: readonly PatientEntry[];
  readonly notUnderstood: readonly NotUnderstood[];
}

/** The path to open for a `path` found in the index. */
export function cohortPath(index: Pick<CohortIndex, 'root'>, path: string): string {
  return join(index.root, path);
}

/** Orders strings by code point (UTF-16 unit), never by locale. */
export function byCodePoint(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
