import { parse } from 'csv-parse/sync';
import type { FastifyRequest } from 'fastify';
import type { FeatureGroup, FeatureTable, StoreValue } from '../../contract/index.js';
import { columnsOf, type RawColumn } from '../../groups/detect.js';
import { RequestError } from '../sagemaker/errors.js';
import { fieldsOf, list } from '../sagemaker/fields.js';

/** The body of a request as a JSON object with these fields only. */
export function jsonFields(request: FastifyRequest, known: readonly string[]): Readonly<Record<string, unknown>> {
  return fieldsOf(jsonOf(request), 'the body', known);
}

/** @throws RequestError when the body is no JSON */
export function jsonOf(request: FastifyRequest): unknown {
  try {
    return JSON.parse(textOf(request));
  } catch {
    throw new RequestError('validation', 'The body is not JSON');
  }
}

/** The body as text. @throws RequestError when it is absent or not UTF-8 */
export function textOf(request: FastifyRequest): string {
  if (!Buffer.isBuffer(request.body)) throw new RequestError('validation', 'The request has no body');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(request.body);
  } catch {
    throw new RequestError('validation', 'The body is not UTF-8');
  }
}

/** Query parameters, each once, none but these. */
export function queryFields(request: FastifyRequest, known: readonly string[]): Readonly<Record<string, string>> {
  const fields = fieldsOf(request.query, 'the query string', known);
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value !== 'string') throw new RequestError('validation', `${name} is given more than once`);
  }
  return fields as Readonly<Record<string, string>>;
}

/**
 * The rows of a request as a table of a group: `{"rows": [{…}]}`, or CSV with a header. A column that the rows lack is missing, an unknown
 * one is refused.
 */
export function tableOf(request: FastifyRequest, group: FeatureGroup): FeatureTable {
  const isCsv = request.headers['content-type']?.toLowerCase().startsWith('text/csv') === true;
  const rows = isCsv ? csvRows(textOf(request)) : jsonRows(request);
  const known = new Set(group.definitions.map((d) => d.name));
  for (const [index, row] of rows.entries()) {
    const unknown = Object.keys(row).find((name) => !known.has(name));
    if (unknown === undefined) continue;
    throw new RequestError(
      'validation',
      `Row ${index + 1} has the column "${unknown}", which group "${group.name}" has not`,
    );
  }
  const raw = new Map<string, RawColumn>(
    group.definitions.map(({ name }) => [name, rows.map((row) => cellOf(row[name] ?? null))]),
  );
  return { group, columns: columnsOf(group.definitions, raw), rowCount: rows.length, provenance: [] };
}

type Row = Readonly<Record<string, StoreValue>>;

function cellOf(value: StoreValue): string | number | null {
  return typeof value === 'boolean' ? Number(value) : value;
}

function jsonRows(request: FastifyRequest): readonly Row[] {
  return list(jsonFields(request, ['rows']), 'rows').map((row, index) => {
    const where = `row ${index + 1}`;
    if (typeof row !== 'object' || row === null || Array.isArray(row)) {
      throw new RequestError('validation', `${where} is not an object`);
    }
    const nested = Object.entries(row).find(([, value]) => typeof value === 'object' && value !== null);
    if (nested !== undefined) throw new RequestError('validation', `${where} has in "${nested[0]}" no single value`);
    return row as Row;
  });
}

function csvRows(text: string): readonly Row[] {
  try {
    return parse(text, { columns: true, bom: true, skip_empty_lines: true }) as Row[];
  } catch (error) {
    throw new RequestError('validation', `The CSV cannot be parsed: ${(error as Error).message.replaceAll('\n', ' ')}`);
  }
}
