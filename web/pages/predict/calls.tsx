import { useState } from 'preact/hooks';
import type { ModelForm } from '../../server/replies/predict-reply.js';
import { useSession } from '../../session/session.js';
import { curlCall, javascriptCall, pythonCall } from './call-samples.js';

const ways = ['curl', 'JavaScript (AWS SDK)', 'Python (boto3)'] as const;

/** The calls that give the same answer without this page. */
export function Calls({
  form,
  record,
}: {
  readonly form: ModelForm;
  readonly record: Readonly<Record<string, number>>;
}) {
  const { caller } = useSession();
  const [way, setWay] = useState<(typeof ways)[number]>('curl');
  const common = { server: location.origin, record, needsKey: caller !== null };
  const runtime = { ...common, endpoint: form.name, isSigned: form.signedRuntime };
  const texts = {
    curl: () => curlCall({ ...common, model: form.name, wantsCurve: form.task.kind === 'survival' }),
    'JavaScript (AWS SDK)': () => javascriptCall(runtime),
    'Python (boto3)': () => pythonCall(runtime),
  } as const;
  return (
    <>
      <h3>The same answer from elsewhere</h3>
      <div class="row">
        <label>
          Call with{' '}
          <select value={way} onChange={({ currentTarget }) => setWay(currentTarget.value as typeof way)}>
            {ways.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Sample name={way} text={texts[way]()} />
      {common.needsKey && (
        <p class="hint">
          THORACLE_KEY is the environment variable that holds your key; it is not shown here so that the call can be
          passed on.
        </p>
      )}
    </>
  );
}

/** A text to be copied. */
export function Sample({ name, text }: { readonly name: string; readonly text: string }) {
  const [copied, setCopied] = useState('');
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setCopied(text),
      () => setCopied('refused'),
    );
  return (
    <div class="sample">
      <button type="button" onClick={() => void copy()}>
        Copy<span class="unseen"> the call with {name}</span>
      </button>
      <span class="count" role="status">
        {copied === text ? 'copied' : copied === 'refused' ? 'the browser does not allow it: select the text' : ''}
      </span>
      <textarea
        aria-label={`Call with ${name}`}
        readOnly
        rows={Math.min(16, text.split('\n').length + 6)}
        spellcheck={false}
        value={text}
      />
    </div>
  );
}
