import { useState } from 'preact/hooks';
import { type GreyWindow, type NamedWindow, nameOf } from './windows.js';

const widest = 4000;

/** Named windows to choose from, and the two numbers to type. */
export function WindowControls({
  window,
  named,
  onWindow,
}: {
  readonly window: GreyWindow;
  readonly named: readonly NamedWindow[];
  readonly onWindow: (window: GreyWindow) => void;
}) {
  const chosen = nameOf(window, named);
  return (
    <fieldset class="viewer-group">
      <legend>Window</legend>
      {named.map((one) => (
        <button
          key={one.name}
          type="button"
          aria-pressed={one.name === chosen}
          title={`centre ${one.centre} HU, width ${one.width} HU`}
          onClick={() => onWindow({ centre: one.centre, width: one.width })}
        >
          {one.name}
        </button>
      ))}
      <NumberInput
        label="Centre, HU"
        value={window.centre}
        low={-1024}
        high={3071}
        onValue={(centre) => onWindow({ ...window, centre })}
      />
      <NumberInput
        label="Width, HU"
        value={window.width}
        low={1}
        high={widest}
        onValue={(width) => onWindow({ ...window, width })}
      />
    </fieldset>
  );
}

/** Takes what is typed when it is a number within the bounds, and says so when it is not. */
function NumberInput({
  label,
  value,
  low,
  high,
  onValue,
}: {
  readonly label: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly onValue: (value: number) => void;
}) {
  const [typed, setTyped] = useState<string>();
  const text = typed ?? String(value);
  const isGood = (candidate: string) =>
    candidate.trim() !== '' && Number(candidate) >= low && Number(candidate) <= high;
  return (
    <label class="viewer-number">
      {label}
      <input
        type="number"
        min={low}
        max={high}
        value={text}
        aria-invalid={!isGood(text)}
        title={`${low} to ${high}`}
        onInput={({ currentTarget }) => {
          setTyped(currentTarget.value);
          if (isGood(currentTarget.value)) onValue(Number(currentTarget.value));
        }}
        onBlur={() => setTyped(undefined)}
      />
    </label>
  );
}
