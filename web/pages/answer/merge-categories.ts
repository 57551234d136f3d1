import type { CategoryField, FieldGroup } from '../../server/replies/predict-reply.js';
import type { AnsweredExplanation } from './answers.js';

/** What one input adds to the risk. */
export interface InputContribution {
  /** For people: `Gender`. */
  readonly label: string;
  readonly modality: string;
  /** As given: a number or the name of a level; null = missing. */
  readonly value: number | string | null;
  readonly contribution: number;
}

/**
 * What each input of a person's form adds: the columns of a category are added up under its name, whose level is read off their values.
 * @param explanation of all columns, so that none of a category is left out
 * @returns those that add most, either way, first
 */
export function inputContributions(
  { contributions }: Pick<AnsweredExplanation, 'contributions'>,
  groups: readonly FieldGroup[],
): readonly InputContribution[] {
  const fields = groups.flatMap((group) => group.fields);
  const labels = new Map(fields.map(({ name, label }) => [name, label]));
  const categories = new Map(
    fields.flatMap((field) => (field.kind === 'category' ? field.columns.map((name) => [name, field] as const) : [])),
  );
  const values = new Map(contributions.map(({ feature, value }) => [feature, value]));
  const merged = new Map<string, InputContribution>();
  for (const { feature, modality, value, contribution } of contributions) {
    const category = categories.get(feature);
    const name = category?.name ?? feature;
    const before = merged.get(name);
    merged.set(name, {
      label: category?.label ?? labels.get(feature) ?? feature,
      modality,
      value: category === undefined ? value : levelOf(category, values),
      contribution: (before?.contribution ?? 0) + contribution,
    });
  }
  return [...merged.values()].sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
}

function levelOf({ columns, levels }: CategoryField, values: ReadonlyMap<string, number | null>): string | null {
  const given = columns.map((name) => values.get(name) ?? null);
  if (given.every((value) => value === null)) return null;
  return levels.find((level) => columns.every((name, i) => level.values[name] === given[i]))?.name ?? 'as stored';
}
