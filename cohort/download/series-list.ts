import { CohortError, cohortErrors } from '../errors.js';
import type { Archive } from './archive.js';
import { type Politeness, requestText } from './polite-request.js';

/** A series of a collection, as its index knows it. */
export interface ListedSeries {
  readonly patientId: string;
  readonly modality: 'CT' | 'SEG';
  readonly seriesInstanceUid: string;
  readonly bucket: string;
  /** Folder of its objects in the bucket, with a slash at the end. */
  readonly prefix: string;
  readonly bytes: number;
  readonly objects: number;
}

/** A file in a bucket. */
export interface BucketObject {
  readonly key: string;
  readonly bytes: number;
  /** As the server writes it, quotes included. */
  readonly etag: string;
}

const pageRows = 1000;

/** Segmentations made by the collection's authors, each with the CT that it was drawn on. */
function pairsQuery(collectionId: string, offset: number): string {
  const columns = (table: string, prefix: string) =>
    ['SeriesInstanceUID', 'series_aws_url', 'series_size_MB', 'instanceCount']
      .map((column) => `${table}.${column} AS ${prefix}_${column}`)
      .join(', ');
  return (
    `SELECT ct.PatientID AS patient, ${columns('ct', 'ct')}, ${columns('seg', 'seg')} ` +
    'FROM seg_index link JOIN index seg ON seg.SeriesInstanceUID = link.SeriesInstanceUID ' +
    'JOIN index ct ON ct.SeriesInstanceUID = link.segmented_SeriesInstanceUID ' +
    `WHERE ct.collection_id = '${collectionId}' AND ct.Modality = 'CT' AND seg.analysis_result_id IS NULL ` +
    `ORDER BY 1, 2, 6 LIMIT ${pageRows} OFFSET ${offset}`
  );
}

function badAnswer(url: string, what: string): never {
  throw new CohortError('COHORT_DOWNLOAD_BAD_ANSWER', cohortErrors.COHORT_DOWNLOAD_BAD_ANSWER(url, what));
}

type Row = Readonly<Record<string, unknown>>;

function seriesOf(row: Row, kind: 'ct' | 'seg', archive: Archive): ListedSeries {
  const url = archive.series.queryUrl;
  const patientId = String(row.patient ?? '');
  const uid = String(row[`${kind}_SeriesInstanceUID`] ?? '');
  const address = /^s3:\/\/([a-z0-9.-]+)\/([A-Za-z0-9-]+\/)\*?$/.exec(String(row[`${kind}_series_aws_url`] ?? ''));
  const megabytes = Number(row[`${kind}_series_size_MB`]);
  const objects = Number(row[`${kind}_instanceCount`]);
  if (!/^[A-Za-z0-9][A-Za-z0-9._ -]{0,63}$/.test(patientId)) badAnswer(url, 'a patient id that can be no folder');
  if (!/^[0-9][0-9.]{0,63}$/.test(uid)) badAnswer(url, 'a series UID that is none');
  if (address === null) badAnswer(url, `series ${uid} without an s3:// address`);
  const [, bucket = '', prefix = ''] = address;
  if (archive.series.buckets[bucket] === undefined) badAnswer(url, `the unknown bucket "${bucket}"`);
  if (!(megabytes >= 0) || !(objects >= 1)) badAnswer(url, `series ${uid} without size or number of objects`);
  return {
    ...{ patientId, modality: kind === 'ct' ? 'CT' : 'SEG', seriesInstanceUid: uid, bucket, prefix, objects },
    bytes: Math.round(megabytes * 1e6),
  };
}

/**
 * All CT series of a collection that have a segmentation, and those segmentations, sorted by patient.
 * @throws CohortError COHORT_DOWNLOAD_FAILED, COHORT_DOWNLOAD_BAD_ANSWER
 */
export async function listSeries(archive: Archive, politeness: Politeness): Promise<readonly ListedSeries[]> {
  const { queryUrl, collectionId } = archive.series;
  const series = new Map<string, ListedSeries>();
  for (let offset = 0; ; ) {
    const body = JSON.stringify({ sql: pairsQuery(collectionId, offset), max_rows: pageRows });
    const init = { method: 'POST', body, headers: { 'content-type': 'application/json' } };
    const { rows, truncated } = parseAnswer(queryUrl, await requestText(queryUrl, init, politeness));
    for (const row of rows) {
      for (const one of [seriesOf(row, 'ct', archive), seriesOf(row, 'seg', archive)])
        series.set(one.seriesInstanceUid, one);
    }
    offset += rows.length;
    if (rows.length === 0 || (!truncated && rows.length < pageRows)) break;
  }
  if (series.size === 0) badAnswer(queryUrl, `no series of "${collectionId}"`);
  const order = (s: ListedSeries) => `${s.patientId} ${s.modality} ${s.seriesInstanceUid}`;
  return [...series.values()].sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

function parseAnswer(url: string, text: string): { readonly rows: readonly Row[]; readonly truncated: boolean } {
  try {
    const answer = JSON.parse(text) as { readonly rows?: readonly Row[]; readonly truncated?: boolean };
    if (Array.isArray(answer.rows)) return { rows: answer.rows, truncated: answer.truncated === true };
  } catch {
    // Said below, as for any other answer without rows.
  }
  return badAnswer(url, 'no JSON document with rows');
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function field(xml: string, name: string): string | undefined {
  const found = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return found?.replace(/&(?:#(\d+)|(\w+));/g, (all, code, word) =>
    code === undefined ? (entities[word] ?? all) : String.fromCodePoint(Number(code)),
  );
}

function objectsOf(url: string, xml: string, prefix: string): BucketObject[] {
  if (!xml.includes('<ListBucketResult')) badAnswer(url, 'no listing of a bucket');
  const objects: BucketObject[] = [];
  for (const [, entry = ''] of xml.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
    const key = field(entry, 'Key') ?? '';
    const bytes = Number(field(entry, 'Size'));
    if (key.endsWith('/') && bytes === 0) continue;
    const name = key.slice(prefix.length);
    if (!key.startsWith(prefix) || !/^[A-Za-z0-9][A-Za-z0-9._-]{0,120}$/.test(name)) {
      badAnswer(url, 'a key that can be no file name');
    }
    objects.push({ key, bytes, etag: field(entry, 'ETag') ?? '' });
  }
  return objects;
}

/**
 * The objects of a series: S3's ListObjectsV2, page by page.
 * @throws CohortError COHORT_DOWNLOAD_FAILED, COHORT_DOWNLOAD_BAD_ANSWER
 */
export async function listObjects(
  archive: Archive,
  { bucket, prefix, objects: expected }: ListedSeries,
  politeness: Politeness,
): Promise<readonly BucketObject[]> {
  const base = archive.series.buckets[bucket] ?? '';
  const objects: BucketObject[] = [];
  let token: string | undefined;
  do {
    const query = new URLSearchParams({ 'list-type': '2', prefix, ...(token && { 'continuation-token': token }) });
    const url = `${base}/?${query}`;
    const xml = await requestText(url, {}, politeness);
    objects.push(...objectsOf(url, xml, prefix));
    token = field(xml, 'IsTruncated') === 'true' ? field(xml, 'NextContinuationToken') : undefined;
  } while (token !== undefined);
  if (objects.length !== expected)
    badAnswer(base, `${objects.length} objects of series ${prefix}, ${expected} were listed (--refresh asks again)`);
  return objects;
}
