import { ServingError, servingErrors } from '../errors.js';

const quote = 0x22;
const comma = 0x2c;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const tab = 0x09;

/**
 * Comma-separated text as rows of cells (RFC 4180). Lines end with LF, CRLF or CR; blanks around a cell go, blanks inside
 * quotes stay; a doubled quote inside quotes is one quote; lines without any character but blanks are skipped; a byte order
 * mark is skipped. Written for this because a general CSV parser takes ten times as long as the prediction it feeds.
 * @throws ServingError SERVING_BAD_CSV naming the line, never the text
 */
export function csvCells(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  const cursor = { at: text.charCodeAt(0) === 0xfeff ? 1 : 0, line: 1 };
  while (cursor.at < text.length) {
    const row: string[] = [];
    const start = cursor.at;
    for (row.push(takeCell(text, cursor)); text.charCodeAt(cursor.at) === comma; row.push(takeCell(text, cursor))) {
      cursor.at++;
    }
    const blank = row.length === 1 && row[0] === '' && text.slice(start, cursor.at).trim() === '';
    if (!blank) rows.push(row);
    takeLineEnd(text, cursor);
  }
  return rows;
}

interface Cursor {
  at: number;
  line: number;
}

/** Reads a cell and stops on the comma, the line end or the end of the text behind it. */
function takeCell(text: string, cursor: Cursor): string {
  const start = skipBlanks(text, cursor.at);
  if (text.charCodeAt(start) !== quote) {
    cursor.at = cellEnd(text, start, cursor.line);
    return text.slice(start, cursor.at).trimEnd();
  }
  const end = closingQuote(text, start, cursor.line);
  const cell = text.slice(start + 1, end);
  cursor.line += cell.match(/\r\n|\n|\r/g)?.length ?? 0;
  cursor.at = skipBlanks(text, end + 1);
  if (cursor.at < text.length && !endsCell(text.charCodeAt(cursor.at))) {
    throw bad('text follows a closing quote', cursor.line);
  }
  return cell.replaceAll('""', '"');
}

function takeLineEnd(text: string, cursor: Cursor): void {
  const pair = text.charCodeAt(cursor.at) === carriageReturn && text.charCodeAt(cursor.at + 1) === lineFeed;
  cursor.at += pair ? 2 : 1;
  cursor.line++;
}

function endsCell(code: number): boolean {
  return code === comma || code === lineFeed || code === carriageReturn;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === space || text.charCodeAt(at) === tab) at++;
  return at;
}

/** Position of the comma, line end or end of text that ends an unquoted cell. */
function cellEnd(text: string, from: number, line: number): number {
  let at = from;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (endsCell(code)) return at;
    if (code === quote) throw bad('a quote stands in the middle of a cell', line);
  }
  return at;
}

/** Position of the quote that closes the one at `open`. */
function closingQuote(text: string, open: number, line: number): number {
  let at = text.indexOf('"', open + 1);
  while (at !== -1 && text.charCodeAt(at + 1) === quote) at = text.indexOf('"', at + 2);
  if (at === -1) throw bad('a quoted cell is never closed', line);
  return at;
}

function bad(what: string, line: number): ServingError {
  return new ServingError('SERVING_BAD_CSV', servingErrors.SERVING_BAD_CSV(`${what} (line ${line})`));
}
