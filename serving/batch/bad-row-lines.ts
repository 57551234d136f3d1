import { quotedCell } from './answer-lines.js';
import type { BadRow } from './row-block.js';

/** Lines of text for rows that cannot be used: where, and why. What is in a cell is not repeated. */
export function badRowLines(kind: 'csv' | 'jsonl'): { readonly head: string; readonly line: (bad: BadRow) => string } {
  if (kind === 'jsonl') return { head: '', line: (bad) => `${JSON.stringify(bad)}\n` };
  return {
    head: 'row,line,column,code,reason\n',
    line: ({ row, line = '', column = '', code, reason }) =>
      `${row},${line},${quotedCell(column)},${code},${quotedCell(reason)}\n`,
  };
}
