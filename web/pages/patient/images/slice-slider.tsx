import { useId } from 'preact/hooks';
import { sideText } from './position.js';

/** Moves through the cuts across one axis of the patient: with the arrow keys by one, with page up and down by ten. */
export function SliceSlider({
  name,
  axis,
  count,
  at,
  mm,
  onChange,
}: {
  readonly name: string;
  readonly axis: 0 | 1 | 2;
  readonly count: number;
  readonly at: number;
  readonly mm: number;
  readonly onChange: (at: number) => void;
}) {
  const id = useId();
  const text = `${sideText(mm, axis)}, ${at + 1} of ${count}`;
  const jump = (event: KeyboardEvent) => {
    const by = event.key === 'PageUp' ? 10 : event.key === 'PageDown' ? -10 : 0;
    if (by === 0) return;
    event.preventDefault();
    onChange(Math.max(0, Math.min(count - 1, at + by)));
  };
  return (
    <div class="slice-slider">
      <label for={id}>{name} slice</label>
      <input
        id={id}
        type="range"
        min={0}
        max={count - 1}
        step={1}
        value={at}
        aria-valuetext={text}
        onInput={({ currentTarget }) => onChange(Number(currentTarget.value))}
        onKeyDown={jump}
      />
      <output for={id}>{text}</output>
    </div>
  );
}
