/** Everything that can be wrong with the genomic input, by stable code. */
export const genomicErrors = {
  GENOMIC_UNREADABLE: (file: string, reason: string) => `Cannot read the expression file "${file}": ${reason}`,
  GENOMIC_BAD_GZIP: (file: string) =>
    `"${file}" starts like a gzip file but cannot be decompressed (damaged or cut off)`,
  GENOMIC_NOT_A_MATRIX: (file: string, found: string) =>
    `"${file}" is not an expression matrix: expected a header line with sample ids separated by tabs or commas, found ${found}`,
  GENOMIC_BAD_QUOTES: (file: string, line: number) => `"${file}" line ${line}: the quotes of this line do not match`,
  GENOMIC_RAGGED: (file: string, line: number, found: number, expected: number) =>
    `"${file}" line ${line} has ${found} cells, the header has ${expected}; every line must have as many as the header`,
  GENOMIC_NO_GENE_NAME: (file: string, line: number) => `"${file}" line ${line}: the gene name (first cell) is empty`,
  GENOMIC_NO_SAMPLE_ID: (file: string, column: number) => `"${file}": the header has no sample id in column ${column}`,
  GENOMIC_DUPLICATE_SAMPLES: (file: string, ids: string) => `"${file}": these sample ids occur more than once: ${ids}`,
  GENOMIC_DUPLICATE_GENES: (file: string, genes: string) => `"${file}": these genes have more than one row: ${genes}`,
  GENOMIC_NOT_A_NUMBER: (file: string, gene: string, sample: string, text: string) =>
    `"${file}": gene ${gene}, sample ${sample}: "${text}" is not a number (missing is written NA or left empty)`,
  GENOMIC_NO_GENES: (file: string) => `"${file}" has a header but no gene row`,
  GENOMIC_NONE_REQUESTED: (file: string, requested: string, present: string, hint: string) =>
    `"${file}" holds none of the requested genes (${requested}); it holds ${present}. ${hint}`,
  GENOMIC_NAME_TOO_LONG: (file: string, gene: string) =>
    `"${file}": the gene name "${gene}" is longer than the 64 characters a feature name may have`,
  GENOMIC_BAD_SETTING: (what: string) => `Genomic settings: ${what}`,
  GENOMIC_GENE_LIST_UNREADABLE: (file: string, reason: string) => `Cannot read the gene list "${file}": ${reason}`,
  GENOMIC_GENE_LIST_INVALID: (file: string, what: string) => `Gene list "${file}": ${what}`,
} as const;

/** Bad genomic input or settings; the message is one sentence for a person. */
export class GenomicError extends Error {
  constructor(
    readonly code: keyof typeof genomicErrors,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'GenomicError';
  }
}

/** Up to `most` names, then how many were left out. */
export function nameSome(names: readonly string[], most = 10): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

/** The names that occur more than once, each once, in order of their second occurrence. */
export function repeatedNames(names: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) repeated.add(name);
    seen.add(name);
  }
  return [...repeated];
}
