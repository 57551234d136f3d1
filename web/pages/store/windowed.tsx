import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

/** Where one is in a list that the server hands out window by window. */
export interface WindowProps {
  /** Names the list to those who cannot see it. */
  readonly name: string;
  readonly total: number;
  readonly from: number;
  readonly count: number;
  readonly onFrom: (from: number) => void;
}

/** Buttons to the windows before and after. */
export function WindowButtons({ name, total, from, count, onFrom }: WindowProps) {
  if (total <= count && from === 0) return null;
  const last = Math.min(total, from + count);
  return (
    <nav class="table-pages" aria-label={`Windows of ${name}`}>
      <button type="button" disabled={from === 0} onClick={() => onFrom(0)}>
        First
      </button>
      <button type="button" disabled={from === 0} onClick={() => onFrom(Math.max(0, from - count))}>
        Before
      </button>
      <span>
        {Math.min(total, from + 1)} to {last} of {total}
      </span>
      <button type="button" disabled={last >= total} onClick={() => onFrom(from + count)}>
        After
      </button>
      <button type="button" disabled={last >= total} onClick={() => onFrom(Math.floor((total - 1) / count) * count)}>
        Last
      </button>
    </nav>
  );
}

/** A field whose text is sent when Enter or its button is pressed. */
export function SearchForm({
  label,
  value,
  onSearch,
  children,
}: {
  readonly label: string;
  readonly value: string;
  readonly onSearch: (words: string) => void;
  readonly children?: ComponentChildren;
}) {
  const [words, setWords] = useState(value);
  return (
    <form
      class="row"
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        onSearch(words.trim());
      }}
    >
      <label>
        {label} <input type="search" value={words} onInput={({ currentTarget }) => setWords(currentTarget.value)} />
      </label>
      {children}
      <button type="submit">Search</button>
    </form>
  );
}
