import type { Column, FeatureDefinition, FeatureTable } from '../../featurestore/contract/index.js';
import { packageVersion } from '../../package-facts.js';
import { caseIdDefinition, eventTimeDefinition, featureGroup } from '../feature-table.js';
import type { Finding, Stage } from '../stage.js';
import { GenomicError, genomicErrors, nameSome, repeatedNames } from './errors.js';
import { type ExpressionMatrix, readExpressionMatrix } from './expression-matrix.js';
import { type NamedGene, nameGenes } from './feature-names.js';
import { metageneReference, metagenes } from './metagenes.js';
import { suspiciousValues } from './suspicious-values.js';

/** Which genes become columns: the 21 metagene representatives, every gene of the file, or these symbols in this order. */
export interface GenomicSettings {
  readonly genes: 'metagenes' | 'all' | readonly string[];
}

/** Path of an expression matrix. */
export interface GenomicInput {
  readonly file: string;
}

/**
 * Expression matrix (genes x samples, FPKM) -> group `genomic`: one row per sample id, one double column per gene.
 * `event_time` is 0: the source carries no date. A requested gene that the file lacks is reported and its column is all missing,
 * so that the group depends on the settings alone (but for `all`).
 * @throws GenomicError naming the file and the line, gene or sample
 */
export const genomicStage: Stage<GenomicInput, GenomicSettings> = {
  name: 'genomic',
  async run(input, settings) {
    const requested = requestedGenes(settings);
    const matrix = await readExpressionMatrix(input.file, requested === 'all' ? 'all' : new Set(requested));
    const columns = nameGenes(matrix.file, requested === 'all' ? matrix.genes : requested);
    if (matrix.genes.length === 0) throw noneRequested(matrix, settings);
    const table = buildTable(matrix, columns, requested);
    return { table, findings: [...nameFindings(matrix, columns), ...suspiciousValues(matrix)], artifacts: [] };
  },
};

function requestedGenes(settings: GenomicSettings): readonly string[] | 'all' {
  const unknown = Object.keys(settings).filter((key) => key !== 'genes');
  if (unknown.length > 0) throw badSetting(`unknown option "${unknown[0]}"; the only one is "genes"`);
  const { genes } = settings;
  if (genes === 'metagenes') return metagenes;
  if (genes === 'all') return 'all';
  if (!Array.isArray(genes) || genes.some((gene) => typeof gene !== 'string' || gene.trim() === '')) {
    throw badSetting('"genes" must be "metagenes", "all" or a list of gene symbols');
  }
  if (genes.length === 0) throw badSetting('the list of genes is empty');
  const repeated = repeatedNames(genes);
  if (repeated.length > 0) throw badSetting(`these genes are asked for more than once: ${nameSome(repeated)}`);
  return genes;
}

function badSetting(what: string): GenomicError {
  return new GenomicError('GENOMIC_BAD_SETTING', genomicErrors.GENOMIC_BAD_SETTING(what));
}

function noneRequested(matrix: ExpressionMatrix, settings: GenomicSettings): GenomicError {
  const requested = settings.genes === 'metagenes' ? 'the 21 metagene genes' : nameSome(settings.genes as string[]);
  const present = `${matrix.fileGenes.length} others, such as ${matrix.fileGenes.slice(0, 3).join(', ')}`;
  const hint = 'Use "--genes all" for every gene of the file, or "--genes FILE" with a list of symbols.';
  return new GenomicError(
    'GENOMIC_NONE_REQUESTED',
    genomicErrors.GENOMIC_NONE_REQUESTED(matrix.file, requested, present, hint),
  );
}

/** Built column by column: row objects of 22,000 genes would take longer than reading the file. */
function buildTable(
  matrix: ExpressionMatrix,
  named: readonly NamedGene[],
  requested: readonly string[] | 'all',
): FeatureTable {
  const group = featureGroup('genomic', named.map(definition), { genes: requested });
  const order = [...matrix.samples.keys()].sort((a, b) =>
    (matrix.samples[a] as string) < (matrix.samples[b] as string) ? -1 : 1,
  );
  const rowOf = new Map(matrix.genes.map((gene, row) => [gene, row] as const));
  const columns = new Map<string, Column>([
    [caseIdDefinition.name, { type: 'string', values: order.map((s) => matrix.samples[s] as string) }],
    [eventTimeDefinition.name, { type: 'timestamp', values: new Float64Array(order.length) }],
  ]);
  for (const { gene, name } of named) {
    const row = rowOf.get(gene);
    const values = new Float64Array(order.length).fill(Number.NaN);
    if (row !== undefined) {
      const offset = row * matrix.samples.length;
      for (let i = 0; i < order.length; i++) values[i] = matrix.values[offset + (order[i] as number)] as number;
    }
    columns.set(name, { type: 'double', values });
  }
  const provenance = {
    pipelineVersion: `genomic@${packageVersion()}`,
    settingsDigest: group.settingsDigest,
    inputDigests: [{ name: matrix.file, sha256: matrix.sha256 }],
  };
  return { group, columns, rowCount: order.length, provenance: [provenance] };
}

const isMetagene: ReadonlySet<string> = new Set(metagenes);

function definition({ gene, name }: NamedGene): FeatureDefinition {
  return {
    name,
    type: 'double',
    unit: 'FPKM',
    description: `Expression of ${gene} in the tumour (RNA-seq)`,
    role: 'feature',
    ...(isMetagene.has(gene) ? { reference: `doi:${metageneReference}` } : {}),
  };
}

function nameFindings(matrix: ExpressionMatrix, named: readonly NamedGene[]): readonly Finding[] {
  const findings: Finding[] = [];
  const there = new Set(matrix.genes);
  const missing = named.filter(({ gene }) => !there.has(gene)).map(({ gene }) => gene);
  if (missing.length > 0) {
    findings.push({
      severity: 'warning',
      code: 'GENOMIC_GENES_MISSING',
      message: `${missing.length} of ${named.length} requested genes are not in "${matrix.file}" and stay empty: ${missing.join(', ')}`,
    });
  }
  for (const { gene, name } of named) {
    if (gene === name) continue;
    findings.push({
      severity: 'info',
      code: 'GENOMIC_GENE_RENAMED',
      message: `Gene "${gene}" is stored as "${name}", since feature names hold letters, digits, - and _ and must differ by more than case`,
      column: name,
    });
  }
  return findings;
}
