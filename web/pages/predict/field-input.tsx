import type { Field } from '../../server/replies/predict-reply.js';
import { asStored, type Finding, findingOf, shownRange, unitText } from './field-values.js';

/** One input of the form with what is to be said of it. */
export function FieldInput({
  field,
  text,
  onText,
}: {
  readonly field: Field;
  readonly text: string;
  readonly onText: (name: string, text: string) => void;
}) {
  const id = `field-${field.name}`;
  const finding = findingOf(field, text);
  const described = {
    id,
    'aria-describedby': `${id}-note`,
    'aria-invalid': finding?.kind === 'fault',
  } as const;
  return (
    <div class={`field ${finding?.kind ?? ''}`}>
      <label for={id} title={field.description}>
        {field.label}
        {field.kind === 'number' && <span class="hint">{unitText(field.unit)}</span>}
      </label>
      {field.kind === 'number' ? (
        <input
          {...described}
          inputMode="decimal"
          autocomplete="off"
          value={text}
          onInput={({ currentTarget }) => onText(field.name, currentTarget.value)}
        />
      ) : (
        <select {...described} value={text} onChange={({ currentTarget }) => onText(field.name, currentTarget.value)}>
          <option value="">missing</option>
          {field.levels.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
          {text === asStored && <option value={asStored}>as stored</option>}
        </select>
      )}
      <p class="note" id={`${id}-note`} aria-live="polite">
        <Note field={field} finding={finding} />
      </p>
    </div>
  );
}

function Note({ field, finding }: { readonly field: Field; readonly finding: Finding | undefined }) {
  if (finding !== undefined) {
    return (
      <>
        <span aria-hidden="true">{finding.kind === 'fault' ? '✕ ' : '▲ '}</span>
        {finding.text}
      </>
    );
  }
  if (field.kind === 'category') return field.typical === null ? null : <>typical: {field.typical}</>;
  if (field.range === null) return <>not seen in the training</>;
  const typical = field.typical === null ? '' : `; typical ${Number(field.typical.toPrecision(3))}`;
  return (
    <>
      {shownRange(field.range)}
      {typical}
    </>
  );
}
