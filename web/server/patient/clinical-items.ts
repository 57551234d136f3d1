import type { FeatureDefinition, FeatureRecord, Role, StoreValue } from '../../../featurestore/contract/index.js';
import type { ClinicalItem, FactKind } from '../replies/patient-reply.js';

const kindOfRole: Readonly<Record<Role, FactKind>> = {
  identifier: 'about the record',
  metadata: 'about the record',
  feature: 'before surgery',
  'post-baseline': 'after surgery',
  followup: 'follow-up',
  outcome: 'outcome',
  label: 'outcome',
};

/**
 * The facts of a record in the order of the definitions. The columns that stand for one category (`<name>_<value>`,
 * `<name>_ordered`) are one fact, with the text as its value; its kind is that of the columns a model could take.
 */
export function clinicalItems(
  definitions: readonly FeatureDefinition[],
  record: Pick<FeatureRecord, 'values'>,
  leaveOut: readonly string[],
): readonly ClinicalItem[] {
  const texts = definitions.filter(({ type, role }) => type === 'string' && role !== 'identifier');
  const baseOf = (name: string) => texts.find((text) => name.startsWith(`${text.name}_`));
  return definitions
    .filter(({ name, type }) => !leaveOut.includes(name) && (type === 'string' || baseOf(name) === undefined))
    .map((definition) => {
      const columns = definitions.filter(({ name, type }) => type !== 'string' && baseOf(name) === definition);
      return {
        name: definition.name,
        definition: definition.description,
        value: shown(definition, record.values[definition.name] ?? null),
        unit: definition.type === 'timestamp' ? 'date' : definition.unit,
        kind: kindOf(definition, columns),
        recordedAs: recordedAs(columns, record),
        reference: definition.reference ?? null,
      };
    });
}

function kindOf(definition: FeatureDefinition, columns: readonly FeatureDefinition[]): FactKind {
  if (definition.role !== 'metadata') return kindOfRole[definition.role];
  const telling = columns.find(({ role }) => role !== 'metadata');
  return kindOfRole[telling?.role ?? 'metadata'];
}

function shown({ type }: FeatureDefinition, value: StoreValue): string | number | null {
  if (value === null || typeof value === 'number') return value;
  return type === 'timestamp' ? String(value).slice(0, 10) : String(value);
}

/** The words in which the source says that a category is missing: the column of that word is 1. */
function recordedAs(columns: readonly FeatureDefinition[], { values }: Pick<FeatureRecord, 'values'>): string | null {
  const marked = columns.find(({ name, role }) => role === 'metadata' && values[name] === 1);
  return marked === undefined ? null : (/recorded as "(.*)"$/.exec(marked.description)?.[1] ?? null);
}
