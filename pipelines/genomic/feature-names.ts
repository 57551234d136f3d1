import { caseIdDefinition, eventTimeDefinition } from '../feature-table.js';
import { GenomicError, genomicErrors } from './errors.js';

/** A gene and the feature name that stands for it. */
export interface NamedGene {
  readonly gene: string;
  readonly name: string;
}

/**
 * Feature names of genes, in the given order: every character other than a letter, digit, `-` or `_` becomes `_`.
 * Names that SQL could not tell apart (equal but for case, or equal to the record's own columns) get `_2`, `_3`, … in that order.
 * @throws GenomicError GENOMIC_NAME_TOO_LONG when a name has more than 64 characters
 */
export function nameGenes(file: string, genes: readonly string[]): readonly NamedGene[] {
  const taken = new Set([caseIdDefinition.name, eventTimeDefinition.name]);
  return genes.map((gene) => {
    const plain = gene.replace(/[^A-Za-z0-9_-]/g, '_');
    let name = plain;
    for (let n = 2; taken.has(name.toLowerCase()); n++) name = `${plain}_${n}`;
    if (name.length > 64) {
      throw new GenomicError('GENOMIC_NAME_TOO_LONG', genomicErrors.GENOMIC_NAME_TOO_LONG(file, gene));
    }
    taken.add(name.toLowerCase());
    return { gene, name };
  });
}
