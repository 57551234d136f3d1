import type { FeatureDefinition } from '../../../featurestore/contract/index.js';
import { packageVersion } from '../../../package-facts.js';
import { featureGroup, featureTable } from '../../feature-table.js';
import type { Finding, Stage } from '../../stage.js';
import { imagingGroupName } from '../imaging-group.js';
import { type CatalogueEntry, featureCatalogue, pyradiomicsClasses } from '../radiomics/families.js';
import { type RadiomicsRows, readRadiomicsTable } from './read-table.js';

/** Path of a CSV of precomputed PyRadiomics features. */
export interface RadiomicsTableInput {
  readonly file: string;
}

/** There is nothing to set. */
export type RadiomicsTableSettings = Readonly<Record<string, never>>;

/**
 * Precomputed PyRadiomics table -> group `imaging`: one row per patient, every column `original_<class>_<feature>` as a
 * number; diagnostics and other columns are left out with a finding. `event_time` is 0: the table carries no date.
 * Units are known for shape and entropies; a table does not tell the unit of its image, so intensities have unit `1`.
 * @throws ImagingError TABLE_*, FILE_UNREADABLE
 */
export const radiomicsTableStage: Stage<RadiomicsTableInput, RadiomicsTableSettings> = {
  name: 'imaging',
  async run(input) {
    const table = await readRadiomicsTable(input.file);
    const known = new Map(featureCatalogue().map((entry) => [entry.column, entry] as const));
    const definitions = table.features.map(({ name }) => definition(name, known.get(name)));
    const group = featureGroup(imagingGroupName, definitions, { source: 'precomputed PyRadiomics table' });
    const rows = table.rows.map(({ id, values }) => ({
      caseId: id,
      eventTimeMs: 0,
      values: Object.fromEntries(table.features.map(({ name }, i) => [name, values[i] as number] as const)),
    }));
    const provenance = {
      pipelineVersion: `imaging@${packageVersion()}`,
      settingsDigest: group.settingsDigest,
      inputDigests: [{ name: table.file, sha256: table.sha256 }],
    };
    return { table: featureTable(group, rows, [provenance]), findings: findingsOf(table), artifacts: [] };
  },
};

function definition(name: string, entry: CatalogueEntry | undefined): FeatureDefinition {
  const [, featureClass = '', feature = ''] = name.split('_');
  return {
    name,
    type: 'double',
    unit: entry === undefined || entry.unit.startsWith('HU') ? '1' : entry.unit,
    description: entry?.description ?? `PyRadiomics ${featureClass} ${feature}`,
    role: 'feature',
    ...(entry?.reference === undefined ? {} : { reference: entry.reference }),
  };
}

function findingsOf(table: RadiomicsRows): Finding[] {
  const findings: Finding[] = [];
  const some = (names: readonly string[]) => names.slice(0, 5).join(', ') + (names.length > 5 ? ', …' : '');
  if (table.ignored.length > 0) {
    findings.push({
      severity: 'info',
      code: 'IMAGING_TABLE_COLUMNS_IGNORED',
      message: `${table.file}: ${table.ignored.length} column(s) are not features of the original image and were left out: ${some(table.ignored)}`,
    });
  }
  const classes = new Set<string>(pyradiomicsClasses);
  const unknown = table.features.map((f) => f.name).filter((name) => !classes.has(name.split('_')[1] ?? ''));
  if (unknown.length > 0) {
    findings.push({
      severity: 'warning',
      code: 'IMAGING_TABLE_UNKNOWN_CLASS',
      message: `${table.file}: ${unknown.length} column(s) name no feature class of PyRadiomics and were kept as they are: ${some(unknown)}`,
    });
  }
  for (const { name } of table.features) {
    const at = table.features.findIndex((f) => f.name === name);
    const missing = table.rows.filter((row) => Number.isNaN(row.values[at])).length;
    if (missing === 0) continue;
    findings.push({
      severity: 'warning',
      code: 'IMAGING_TABLE_VALUES_MISSING',
      message: `${table.file}: "${name}" is missing in ${missing} of ${table.rows.length} rows`,
      column: name,
    });
  }
  return findings;
}
