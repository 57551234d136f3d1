import { useState } from 'preact/hooks';

/** A larger file is not for a page: the command line takes it. */
const largestBytes = 50_000_000;

/** Takes a table as a file, dropped or chosen, or as pasted text. */
export function TableDrop({
  onTable,
  onProblem,
}: {
  readonly onTable: (name: string, text: string) => void;
  readonly onProblem: (text: string) => void;
}) {
  const [isOver, setIsOver] = useState(false);
  const [pasted, setPasted] = useState('');
  const take = async (file: File | undefined) => {
    if (file === undefined) return;
    if (file.size > largestBytes) {
      onProblem(`${file.name} is larger than 50 MB: "thoracle predict" reads such a table`);
      return;
    }
    onTable(file.name, await file.text());
  };
  return (
    <section
      aria-label="A table of patients"
      class={`drop ${isOver ? 'over' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setIsOver(false);
        void take(event.dataTransfer?.files[0]);
      }}
    >
      <p class="row">
        <label class="file">
          Drop a CSV file here, or choose one{' '}
          <input
            type="file"
            accept=".csv,.tsv,.txt,text/csv"
            onChange={({ currentTarget }) => {
              void take(currentTarget.files?.[0]);
              // The same file once more is a change, too: it may have been mended.
              currentTarget.value = '';
            }}
          />
        </label>
      </p>
      <details>
        <summary>Paste a table</summary>
        <textarea
          aria-label="Table as text"
          rows={6}
          spellcheck={false}
          placeholder={'patient,AgeatHistologicalDiagnosis,Gender\nP1,64,Male'}
          value={pasted}
          onInput={({ currentTarget }) => setPasted(currentTarget.value)}
        />
        <button type="button" disabled={pasted.trim() === ''} onClick={() => onTable('Pasted table', pasted)}>
          Read it
        </button>
      </details>
    </section>
  );
}
