import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { systemReason } from '../../system-reason.js';
import { GenomicError, genomicErrors, nameSome, repeatedNames } from './errors.js';

/**
 * Reads a gene list: one symbol a line; `#` starts a comment; blank lines are skipped.
 * @returns the symbols in the order of the file, at least one
 * @throws GenomicError GENOMIC_GENE_LIST_UNREADABLE, GENOMIC_GENE_LIST_INVALID (empty, two words on a line, a symbol twice)
 */
export async function readGeneList(path: string): Promise<readonly string[]> {
  const file = basename(path);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new GenomicError(
      'GENOMIC_GENE_LIST_UNREADABLE',
      genomicErrors.GENOMIC_GENE_LIST_UNREADABLE(file, systemReason(error)),
      { cause: error },
    );
  });
  const genes: string[] = [];
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const symbol = line.replace(/#.*/, '').trim();
    if (symbol === '') continue;
    if (/[\s,;]/.test(symbol)) throw invalid(file, `line ${index + 1} must hold one gene symbol, found "${symbol}"`);
    genes.push(symbol);
  }
  if (genes.length === 0) throw invalid(file, 'it names no gene');
  const repeated = repeatedNames(genes);
  if (repeated.length > 0) throw invalid(file, `these genes are named more than once: ${nameSome(repeated)}`);
  return genes;
}

function invalid(file: string, what: string): GenomicError {
  return new GenomicError('GENOMIC_GENE_LIST_INVALID', genomicErrors.GENOMIC_GENE_LIST_INVALID(file, what));
}
