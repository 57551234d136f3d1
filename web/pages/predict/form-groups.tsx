import { useMemo, useState } from 'preact/hooks';
import type { Field, FieldGroup } from '../../server/replies/predict-reply.js';
import { FieldInput } from './field-input.js';
import type { Texts } from './field-values.js';

/** No more of a group is drawn at a time: models of all genes have 20,000 inputs. */
const mostShown = 120;

interface GroupProps {
  readonly texts: Texts;
  readonly onText: (name: string, text: string) => void;
}

/** The inputs by modality: the first group open, the others when they are asked for or searched. */
export function FormGroups({ groups, ...rest }: GroupProps & { readonly groups: readonly FieldGroup[] }) {
  const [words, setWords] = useState('');
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const isSearched = wanted.length > 0;
  const found = useMemo(
    () => (isSearched ? groups.map((group) => ({ ...group, fields: group.fields.filter(holds(wanted)) })) : groups),
    [groups, words],
  );
  const count = found.reduce((sum, { fields }) => sum + fields.length, 0);
  return (
    <>
      <div class="row">
        <label>
          <span class="unseen">Search inputs</span>
          <input
            type="search"
            placeholder="Search inputs: age, EGFR, Sphericity"
            size={34}
            value={words}
            onInput={({ currentTarget }) => setWords(currentTarget.value)}
            onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
          />
        </label>
        <span class="count" aria-live="polite">
          {isSearched ? `${count} inputs found` : ''}
        </span>
      </div>
      {found.map((group, index) => (
        <Group key={group.name} group={group} isOpen={index === 0} isSearched={isSearched} {...rest} />
      ))}
    </>
  );
}

function holds(wanted: readonly string[]): (field: Field) => boolean {
  return ({ name, label, description }) => {
    const text = `${name} ${label} ${description}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  };
}

function Group({
  group: { name, fields },
  texts,
  onText,
  isOpen,
  isSearched,
}: GroupProps & { readonly group: FieldGroup; readonly isOpen: boolean; readonly isSearched: boolean }) {
  const [opened, setOpened] = useState(isOpen);
  if (isSearched && fields.length === 0) return null;
  const isShown = opened || isSearched;
  const given = fields.filter((field) => (texts[field.name] ?? '') !== '').length;
  return (
    <details
      class="group"
      open={isShown}
      onToggle={({ currentTarget }) => {
        if (!isSearched) setOpened(currentTarget.open);
      }}
    >
      <summary>
        <h2>{name}</h2>{' '}
        <span class="count">
          {given} of {fields.length} given
        </span>
      </summary>
      {isShown && (
        <div class="fields">
          {fields.slice(0, mostShown).map((field) => (
            <FieldInput key={field.name} field={field} text={texts[field.name] ?? ''} onText={onText} />
          ))}
        </div>
      )}
      {isShown && fields.length > mostShown && (
        <p class="hint">
          {mostShown} of {fields.length} inputs are shown; search for the others.
        </p>
      )}
    </details>
  );
}
