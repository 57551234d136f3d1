import type { Contributions, Prediction } from '../predict/index.js';
import type { OutputName } from './output-names.js';

/** What is written of each row, beside its number. */
export interface AnswerShape {
  readonly names: readonly OutputName[];
  /** Name of the identifier's column; undefined when the input has none. */
  readonly idName: string | undefined;
  /** What each answer is made of, too. */
  readonly explained: { readonly modalities: readonly string[]; readonly features: readonly string[] } | undefined;
}

/** A column of the output's table, with what it holds. */
export interface AnswerColumn {
  readonly name: string;
  readonly type: 'integer' | 'number' | 'text' | 'names';
}

/** One row that was answered. */
export interface AnsweredRow {
  readonly row: number;
  readonly id: string | null;
  readonly prediction: Prediction;
  readonly contributions: Contributions | undefined;
}

/** Lines of text for rows. */
export interface AnswerLines {
  /** What stands before the first row. */
  readonly head: string;
  line(answered: AnsweredRow): string;
}

const types: Readonly<Record<OutputName, AnswerColumn['type']>> = {
  score: 'number',
  probability: 'number',
  label: 'integer',
  risk: 'number',
  riskGroup: 'text',
  medianSurvivalDays: 'number',
  imputed: 'names',
  outOfRange: 'names',
};

/** Columns of a table of answers, in their order. */
export function answerColumns({ names, idName, explained }: AnswerShape): readonly AnswerColumn[] {
  const number = (name: string): AnswerColumn => ({ name, type: 'number' });
  return [
    { name: 'row', type: 'integer' },
    ...(idName === undefined ? [] : [{ name: idName, type: 'text' } as const]),
    ...names.map((name) => ({ name, type: types[name] })),
    ...(explained === undefined
      ? []
      : [
          number('expected'),
          ...explained.modalities.map((name) => number(`modality:${name}`)),
          ...explained.features.map((name) => number(`contribution:${name}`)),
        ]),
  ];
}

/**
 * Comma-separated values with a header; nothing for null.
 * @param separator between names in one cell
 */
export function csvLines(shape: AnswerShape, separator = ';'): AnswerLines {
  const { names, idName, explained } = shape;
  const cell = (value: Prediction[OutputName]): string => {
    if (value === null) return '';
    if (typeof value === 'number') return String(value);
    if (typeof value === 'string') return quotedCell(value);
    return value.length === 0 ? '' : quotedCell(value.join(separator));
  };
  return {
    head: `${answerColumns(shape)
      .map(({ name }) => quotedCell(name))
      .join(',')}\n`,
    line: ({ row, id, prediction, contributions }) => {
      let line = String(row);
      if (idName !== undefined) line += `,${id === null ? '' : quotedCell(id)}`;
      for (const name of names) line += `,${cell(prediction[name])}`;
      if (explained !== undefined && contributions !== undefined) {
        line += `,${contributions.expected}`;
        for (const name of explained.modalities) line += `,${contributions.byModality[name] ?? 0}`;
        for (const share of contributions.byFeature) line += `,${share}`;
      }
      return `${line}\n`;
    },
  };
}

/** A JSON object for each row. */
export function jsonLines({ names, idName, explained }: AnswerShape): AnswerLines {
  return {
    head: '',
    line: ({ row, id, prediction, contributions }) => {
      const answer: Record<string, unknown> = { row };
      if (idName !== undefined) answer[idName] = id;
      for (const name of names) answer[name] = prediction[name];
      if (explained !== undefined && contributions !== undefined) {
        answer.expected = contributions.expected;
        answer.modalities = contributions.byModality;
        const byFeature = explained.features.map((name, i) => [name, contributions.byFeature[i]] as const);
        answer.contributions = Object.fromEntries(byFeature);
      }
      return `${JSON.stringify(answer)}\n`;
    },
  };
}

/** A cell of a CSV file (RFC 4180). */
export function quotedCell(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
