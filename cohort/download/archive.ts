import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { CohortError, cohortErrors } from '../errors.js';

/** What may be fetched of a collection. */
export const downloadModalities = ['ct', 'seg', 'clinical', 'expression'] as const;

export type DownloadModality = (typeof downloadModalities)[number];

/** Where a public collection lies, under which terms; a part of `archives.json`, the only file with addresses. */
export interface Archive {
  readonly title: string;
  readonly licence: string;
  readonly citations: readonly string[];
  readonly tables: readonly { readonly modality: 'clinical' | 'expression'; readonly url: string }[];
  readonly series: {
    /** Takes `{sql, max_rows}` by POST and answers `{rows, truncated}`. */
    readonly queryUrl: string;
    readonly collectionId: string;
    /** Bucket name to the address of its S3 listing and objects. */
    readonly buckets: Readonly<Record<string, string>>;
  };
}

const load = createRequire(import.meta.url);

/** Collections that can be downloaded by name. */
export const collectionNames: readonly string[] = Object.keys(load('./archives.json') as object);

/**
 * The addresses of a collection.
 * @param file addresses of a mirror, in the form of the shipped file
 * @throws CohortError COHORT_BAD_ARCHIVES
 */
export async function readArchive(name: string, file?: string): Promise<Archive> {
  const refuse = (what: string): never => {
    throw new CohortError('COHORT_BAD_ARCHIVES', cohortErrors.COHORT_BAD_ARCHIVES(file ?? 'archives.json', what));
  };
  let all: Readonly<Record<string, Archive | undefined>> = {};
  try {
    all = file === undefined ? load('./archives.json') : JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    refuse('it is no JSON');
  }
  const archive = all[name] ?? refuse(`it has no collection "${name}"`);
  const { title, licence, citations, tables, series } = archive;
  const texts = [title, licence, ...(citations ?? []), series?.collectionId];
  if (texts.some((text) => typeof text !== 'string') || !Array.isArray(tables))
    refuse('title, licence, citations, tables or series is missing');
  const urls = [...tables.map(({ url }) => url), series.queryUrl, ...Object.values(series.buckets ?? {})];
  for (const url of urls) if (!/^https?:\/\//.test(String(url))) refuse(`"${url}" is no http address`);
  return archive;
}
