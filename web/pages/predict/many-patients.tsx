import { useState } from 'preact/hooks';
import type { ModelForm } from '../../server/replies/predict-reply.js';
import { ReplyError } from '../../session/client.js';
import { csvText } from '../../table/csv-text.js';
import { DataTable } from '../../table/data-table.js';
import { saveFile } from '../../table/save-file.js';
import type { AnsweredPrediction } from '../answer/answers.js';
import { askPredictions } from '../answer/ask-answers.js';
import { type AnsweredRow, AnswersTable } from './answers-table.js';
import { type FormContent, textsOf } from './field-values.js';
import { readCells } from './read-cells.js';
import { TableDrop } from './table-drop.js';
import { type CellFinding, type PatientTable, patientTable } from './table-rows.js';

/** Patients in one request. */
const inOneRequest = 200;

interface Loaded {
  readonly name: string;
  readonly table: PatientTable;
}

/** Reads a table of patients, says what is wrong with it, and asks for the rows that can be used. */
export function ManyPatients({
  form,
  onOpen,
}: {
  readonly form: ModelForm;
  readonly onOpen: (content: FormContent) => void;
}) {
  const [loaded, setLoaded] = useState<Loaded>();
  const [answers, setAnswers] = useState<readonly AnsweredRow[]>();
  const [progress, setProgress] = useState('');
  const [problem, setProblem] = useState('');
  const take = async (name: string, text: string) => {
    setLoaded(undefined);
    setAnswers(undefined);
    setProblem('');
    try {
      const table = patientTable(form, await readCells(text));
      setLoaded({ name, table });
      if (table.unknown.length === 0) await predict(table);
    } catch (error) {
      setProblem(`${name}: ${(error as Error).message}`);
    }
  };
  const predict = async (table: PatientTable) => {
    setProblem('');
    try {
      setAnswers(await answersOf(form, table, setProgress));
    } catch (error) {
      const code = error instanceof ReplyError ? ` (${error.code})` : '';
      setProblem(`${(error as Error).message}${code}`);
    } finally {
      setProgress('');
    }
  };
  return (
    <>
      <TableDrop onTable={(name, text) => void take(name, text)} onProblem={setProblem} />
      <TableHelp form={form} />
      {problem !== '' && (
        <p class="refusal" role="alert">
          {problem}
        </p>
      )}
      <p class="count" role="status">
        {progress}
      </p>
      {loaded !== undefined && (
        <LoadedTable loaded={loaded} isAsked={answers !== undefined} onPredict={() => void predict(loaded.table)} />
      )}
      {answers !== undefined && (
        <AnswersTable
          answers={answers}
          form={form}
          onOpen={({ record }) => onOpen({ texts: textsOf(form, record), stored: record })}
        />
      )}
    </>
  );
}

async function answersOf(
  form: ModelForm,
  { rows }: PatientTable,
  onProgress: (text: string) => void,
): Promise<readonly AnsweredRow[]> {
  const usable = rows.filter(({ isBad }) => !isBad);
  const answers: AnsweredRow[] = [];
  for (let from = 0; from < usable.length; from += inOneRequest) {
    onProgress(`Asking the model: ${from} of ${usable.length} patients …`);
    const asked = usable.slice(from, from + inOneRequest);
    const predictions = await askPredictions({ records: asked.map(({ record }) => record), model: form.name });
    answers.push(...asked.map((row, i) => ({ row, prediction: predictions[i] as AnsweredPrediction })));
  }
  return answers;
}

function TableHelp({ form }: { readonly form: ModelForm }) {
  const names = ['patient', ...form.columns];
  return (
    <p class="hint">
      The first line names the columns: the model's own, or a category of the clinical table with a level in its cells;
      one column may be called “patient”. What is left out or empty is missing.{' '}
      <button type="button" onClick={() => saveFile('patients.csv', 'text/csv', csvText(names, []))}>
        Empty table with all {form.columns.length} columns
      </button>
    </p>
  );
}

function LoadedTable({
  loaded: { name, table },
  isAsked,
  onPredict,
}: {
  readonly loaded: Loaded;
  readonly isAsked: boolean;
  readonly onPredict: () => void;
}) {
  const { rows, findings, unknown } = table;
  const bad = rows.filter(({ isBad }) => isBad).length;
  const faults = findings.filter(({ kind }) => kind === 'fault');
  const warnings = findings.filter(({ kind }) => kind === 'warning');
  return (
    <>
      <p role="status">
        <strong>{name}</strong>: {rows.length} {rows.length === 1 ? 'patient' : 'patients'}
        {bad === 0 ? '.' : `, of whom ${bad} cannot be asked for: see below.`}
      </p>
      {unknown.length > 0 && !isAsked && (
        <div class="refusal" role="alert">
          <p>
            {unknown.length === 1 ? 'One column is' : `${unknown.length} columns are`} no input of this model:{' '}
            {unknown.slice(0, 12).join(', ')}
            {unknown.length > 12 ? ' …' : ''}. If a name is misspelt, the model would take its values for missing.
          </p>
          <button type="button" onClick={onPredict}>
            Leave {unknown.length === 1 ? 'it' : 'them'} out and predict
          </button>
        </div>
      )}
      {faults.length > 0 && <Findings caption="Cells that cannot be used" findings={faults} />}
      {warnings.length > 0 && (
        <details>
          <summary>{warnings.length} values outside of the training</summary>
          <Findings caption="Values outside of the training" findings={warnings} />
        </details>
      )}
    </>
  );
}

function Findings({ caption, findings }: { readonly caption: string; readonly findings: readonly CellFinding[] }) {
  const rows = findings.map((finding, index) => ({ ...finding, index }));
  return (
    <>
      <h2>{caption}</h2>
      <DataTable
        caption={caption}
        columns={[
          { key: 'row', title: 'row', value: ({ row }) => row },
          { key: 'line', title: 'line', value: ({ line }) => line },
          { key: 'patient', title: 'patient', value: ({ patient }) => patient },
          { key: 'column', title: 'column', value: ({ column }) => column },
          { key: 'found', title: 'found', value: ({ found }) => found },
          { key: 'text', title: 'what is the matter', value: ({ text }) => text },
        ]}
        rows={rows}
        rowKey={({ index }) => String(index)}
        pageSize={20}
      />
    </>
  );
}
