import type { FeatureDefinition } from '../../../featurestore/contract/index.js';
import { clinicalCodebook, storedName } from '../../../pipelines/clinical/index.js';
import type { LoadedModel } from '../../../serving/index.js';
import type { ModelColumn } from '../../../training/bundle/index.js';
import type { Field, FieldGroup, ModelForm } from '../replies/predict-reply.js';
import { type Category, type ColumnFacts, categoriesByColumn, categoryField } from './category-columns.js';
import { filledIn } from './filled-in.js';

/** Group of the columns that a person knows by heart. */
const clinical = 'clinical';

/** What is known of columns beside the model: definitions of the store by group and name. */
export type Definitions = ReadonlyMap<string, ReadonlyMap<string, FeatureDefinition>>;

/** A model's inputs as a form. */
export function modelForm(
  { manifest, name, version }: Pick<LoadedModel, 'manifest' | 'name' | 'version'>,
  definitions: Definitions,
): Omit<ModelForm, 'models' | 'signedRuntime'> {
  const { columns } = manifest;
  const names = [...new Set(columns.map(({ group }) => group))].sort(
    (a, b) => Number(b === clinical) - Number(a === clinical),
  );
  const facts = columnFacts(manifest);
  return {
    name,
    version,
    modelId: manifest.modelId,
    task: manifest.task,
    answer: manifest.answer.kind,
    threshold: manifest.threshold,
    riskGroups: manifest.riskGroups?.names ?? [],
    trainedOn: { patients: manifest.trainedOn.patients, events: manifest.trainedOn.events },
    warnings: manifest.warnings,
    columns: columns.map(({ feature }) => feature),
    groups: names.map((group) => fieldGroup(group, columns, facts, definitions.get(group) ?? new Map())),
  };
}

/** By the name of the column, which is one of a kind in a model. */
function columnFacts({ columns, ranges, members }: LoadedModel['manifest']): ReadonlyMap<string, ColumnFacts> {
  const fills = members.map(({ steps }) => filledIn(steps, columns.length));
  return new Map(
    columns.map(({ feature }, i) => {
      const typical = fills.map((fill) => fill[i] ?? null).find((value) => value !== null) ?? null;
      return [feature, { range: ranges[i] ?? null, typical }];
    }),
  );
}

function fieldGroup(
  name: string,
  columns: readonly ModelColumn[],
  facts: ReadonlyMap<string, ColumnFacts>,
  definitions: ReadonlyMap<string, FeatureDefinition>,
): FieldGroup {
  const categories = name === clinical ? categoriesByColumn() : new Map<string, Category>();
  const done = new Set<Category['row']>();
  const fields: Field[] = [];
  for (const column of columns) {
    if (column.group !== name) continue;
    const category = categories.get(column.feature);
    if (category === undefined) {
      fields.push(numberField(column, facts.get(column.feature), definitions.get(column.feature)));
    } else if (!done.has(category.row)) {
      done.add(category.row);
      fields.push(categoryField(category, facts));
    }
  }
  return { name, fields };
}

function numberField(
  { feature, unit, group }: ModelColumn,
  facts: ColumnFacts | undefined,
  definition: FeatureDefinition | undefined,
): Field {
  const row = group === clinical ? clinicalCodebook.find(({ header }) => storedName(header) === feature) : undefined;
  return {
    kind: 'number',
    name: feature,
    label: row?.header ?? feature,
    description: definition?.description ?? row?.description ?? '',
    unit,
    range: facts?.range ?? null,
    typical: facts?.typical ?? null,
  };
}
