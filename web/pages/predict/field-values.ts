import type { CategoryField, Field, ModelForm, NumberField } from '../../server/replies/predict-reply.js';

/** What a person wrote or chose, by the name of the field; absent and blank = missing. */
export type Texts = Readonly<Record<string, string>>;

/** Values by column of the model; null = missing. */
export type Values = Readonly<Record<string, number | null>>;

/** What is in the form: a person's texts, and the stored values that some of them leave as they are. */
export interface FormContent {
  readonly texts: Texts;
  readonly stored: Values;
  /** Whose values were filled in. */
  readonly patient?: string;
}

/** What is to be said of a field's text. A fault keeps it from being used, a warning does not. */
export interface Finding {
  readonly kind: 'fault' | 'warning';
  readonly text: string;
}

/** Chosen where a stored patient's columns stand for no level: the columns are then sent as they are. */
export const asStored = '(as stored)';

/** Every field of a form. */
export function fieldsOf({ groups }: Pick<ModelForm, 'groups'>): readonly Field[] {
  return groups.flatMap(({ fields }) => fields);
}

/** What is wrong with a text, or worth a second look; undefined: nothing. */
export function findingOf(field: Field, text: string): Finding | undefined {
  if (text.trim() === '') return undefined;
  return field.kind === 'number' ? numberFinding(field, text.trim()) : levelFinding(field, text.trim());
}

function numberFinding({ range, unit }: NumberField, text: string): Finding | undefined {
  const value = numberIn(text);
  if (value === undefined) {
    const comma = /^-?\d+,\d+$/.test(text) ? ': write the decimal point as "."' : '';
    return { kind: 'fault', text: `Not a number${comma}` };
  }
  if (range === null) return { kind: 'warning', text: 'No patient of the training had a value here' };
  const [low, high] = range;
  if (value >= low && value <= high) return undefined;
  const where = value < low ? 'below' : 'above';
  return { kind: 'warning', text: `Outside of the training: ${where} ${shownRange([low, high])}${unitText(unit)}` };
}

function levelFinding(field: CategoryField, text: string): Finding | undefined {
  if (text === asStored) return undefined;
  const level = levelOf(field, text);
  if (level === undefined) {
    return { kind: 'fault', text: `Not one of ${field.levels.map(({ name }) => name).join(', ')}` };
  }
  return level.seen ? undefined : { kind: 'warning', text: 'No patient of the training had this' };
}

/** A decimal number, as the server's own reader of tables takes it; undefined when it is none. */
function numberIn(text: string): number | undefined {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

function levelOf({ levels }: CategoryField, text: string) {
  const wanted = text.toLowerCase();
  return levels.find(({ name }) => name.toLowerCase() === wanted);
}

/**
 * What a field's text says in the columns of the model; a text with a fault says nothing.
 * @param stored values of a stored patient, for categories that are left as they are
 */
export function columnValues(field: Field, text: string, stored: Values = {}): Values {
  const written = text.trim();
  if (written === '') return {};
  if (field.kind === 'number') {
    const value = numberIn(written);
    return value === undefined ? {} : { [field.name]: value };
  }
  if (written === asStored) return Object.fromEntries(field.columns.map((column) => [column, stored[column] ?? null]));
  return levelOf(field, written)?.values ?? {};
}

/** The record that a server is asked with: what is known, in the order of the model's columns. */
export function recordOf(form: ModelForm, texts: Texts, stored?: Values): Readonly<Record<string, number>> {
  const known = new Map<string, number>();
  for (const field of fieldsOf(form)) {
    for (const [column, value] of Object.entries(columnValues(field, texts[field.name] ?? '', stored))) {
      if (value !== null) known.set(column, value);
    }
  }
  return Object.fromEntries(
    form.columns.flatMap((name) => (known.has(name) ? [[name, known.get(name) as number]] : [])),
  );
}

/** Texts that say what a record says. */
export function textsOf(form: ModelForm, values: Values): Texts {
  return Object.fromEntries(
    fieldsOf(form).flatMap((field) => {
      const text = textOf(field, values);
      return text === '' ? [] : [[field.name, text]];
    }),
  );
}

function textOf(field: Field, values: Values): string {
  if (field.kind === 'number') {
    const value = values[field.name] ?? null;
    return value === null ? '' : String(value);
  }
  const given = field.columns.map((column) => values[column] ?? null);
  if (given.every((value) => value === null)) return '';
  const level = field.levels.find(({ values: own }) => field.columns.every((name, i) => own[name] === given[i]));
  return level?.name ?? asStored;
}

/** What the model fills in for missing values, as texts: the patient in the middle of the training. */
export function typicalTexts(form: ModelForm): Texts {
  return Object.fromEntries(
    fieldsOf(form).flatMap(({ name, typical }) => {
      if (typical === null) return [];
      return [[name, typeof typical === 'number' ? String(Number(typical.toPrecision(6))) : typical]];
    }),
  );
}

const unitNames: Readonly<Record<string, string>> = {
  '1': '',
  a: 'years',
  d: 'days',
  ms: 'ms since 1970',
  '[lb_av]': 'lb',
  '{pack}.a': 'pack-years',
};

/** ` years`; empty where a value has no unit. */
export function unitText(unit: string): string {
  const name = unitNames[unit] ?? unit;
  return name === '' ? '' : ` ${name}`;
}

/** `24 to 87`. */
export function shownRange([low, high]: readonly [number, number]): string {
  return `${Number(low.toPrecision(4))} to ${Number(high.toPrecision(4))}`;
}
