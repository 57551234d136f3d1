import type { ModelForm } from '../../server/replies/predict-reply.js';
import { useSession } from '../../session/session.js';
import { csvText } from '../../table/csv-text.js';
import { type Column, DataTable } from '../../table/data-table.js';
import { saveFile } from '../../table/save-file.js';
import type { AnsweredPrediction } from '../answer/answers.js';
import { curlTableCall } from './call-samples.js';
import { Sample } from './calls.js';
import type { TableRow } from './table-rows.js';

/** A row with its answer. */
export interface AnsweredRow {
  readonly row: TableRow;
  readonly prediction: AnsweredPrediction;
}

const rowsFile = 'rows.csv';

/** Answers for the rows of a table, the highest risk first. */
export function AnswersTable({
  answers,
  form,
  onOpen,
}: {
  readonly answers: readonly AnsweredRow[];
  readonly form: ModelForm;
  readonly onOpen: (row: TableRow) => void;
}) {
  const { caller } = useSession();
  const call = curlTableCall({ server: location.origin, model: form.name, needsKey: caller !== null, file: rowsFile });
  return (
    <>
      <h2>Answers</h2>
      <DataTable
        caption="Predictions"
        columns={columnsOf(form, onOpen)}
        rows={answers}
        rowKey={({ row }) => String(row.row)}
        order={{ key: 'risk', direction: 'descending' }}
        empty="No row of the table can be used."
      />
      {answers.length > 0 && (
        <>
          <h3>The same answers from elsewhere</h3>
          <p class="row">
            <button type="button" onClick={() => saveFile(rowsFile, 'text/csv', rowsText(answers, form))}>
              Save {rowsFile}
            </button>
            <span class="hint">the rows above in their order in the table, under the model's own columns</span>
          </p>
          <Sample name="curl" text={call} />
        </>
      )}
    </>
  );
}

function columnsOf(form: ModelForm, onOpen: (row: TableRow) => void): readonly Column<AnsweredRow>[] {
  const always: readonly Column<AnsweredRow>[] = [
    { key: 'row', title: 'row', value: ({ row }) => row.row },
    {
      key: 'patient',
      title: 'patient',
      value: ({ row }) => row.patient,
      show: ({ row }) => (
        <button type="button" class="link" onClick={() => onOpen(row)}>
          {row.patient}
          <span class="unseen">: explain</span>
        </button>
      ),
    },
    ...answerColumns(form),
    { key: 'risk', title: riskTitle(form), value: ({ prediction }) => prediction.risk, digits: 3 },
  ];
  const grouped: readonly Column<AnsweredRow>[] =
    form.riskGroups.length === 0
      ? []
      : [{ key: 'group', title: 'risk group', value: ({ prediction }) => prediction.riskGroup }];
  return [
    ...always,
    ...grouped,
    { key: 'missing', title: 'missing columns', value: ({ prediction }) => prediction.imputed.length },
    {
      key: 'outside',
      title: 'outside of the training',
      value: ({ prediction }) => prediction.outOfRange.join(' ') || null,
    },
  ];
}

function answerColumns({ answer, threshold }: ModelForm): readonly Column<AnsweredRow>[] {
  if (answer === 'probability') {
    return [
      {
        key: 'probability',
        title: 'probability of death',
        value: ({ prediction }) => prediction.probability,
        digits: 3,
      },
      ...(threshold === null
        ? []
        : [
            {
              key: 'label',
              title: 'class',
              value: ({ prediction }: AnsweredRow) => (prediction.label === 1 ? 'dead' : 'alive'),
            },
          ]),
    ];
  }
  return [
    {
      key: 'score',
      title: answer === 'hazard' ? 'hazard ratio' : 'expected survival (days)',
      value: ({ prediction }) => prediction.score,
      digits: answer === 'hazard' ? 3 : 0,
    },
    {
      key: 'median',
      title: 'median survival (days)',
      value: ({ prediction }) => prediction.medianSurvivalDays,
      digits: 0,
    },
  ];
}

function riskTitle({ answer }: ModelForm): string {
  if (answer === 'probability') return 'risk (log-odds)';
  return answer === 'hazard' ? 'risk (log hazard ratio)' : 'risk (minus ln days)';
}

/** The rows as the server's own reader of tables takes them. */
function rowsText(answers: readonly AnsweredRow[], { columns }: ModelForm): string {
  return csvText(
    columns,
    answers.map(({ row }) => columns.map((name) => row.record[name] ?? null)),
  );
}
