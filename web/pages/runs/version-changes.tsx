import { useEffect, useRef, useState } from 'preact/hooks';
import type { RegistryChange } from '../../../serving/registry/registry-answers.js';
import { post, type ReplyError } from '../../session/client.js';
import { Refusal } from '../../session/reply-view.js';
import { modelPath, versionPath } from './version-paths.js';

/** A change of the registry that a person may ask for. */
interface Change {
  readonly button: string;
  readonly path: string;
  /** What it does, for a person who is about to do it. */
  readonly meaning: string;
}

/** Promote, archive, roll back; each is done once it is confirmed. */
export function VersionChanges({
  name,
  version,
  stage,
  onChange,
}: {
  readonly name: string;
  readonly version: string;
  readonly stage: string;
  readonly onChange: () => void;
}) {
  const [asked, ask] = useState<Change>();
  const [done, setDone] = useState<string>();
  const changes: readonly Change[] = [
    ...(stage === 'production'
      ? []
      : [
          {
            button: 'Promote',
            path: `${versionPath(name, version)}/promote`,
            meaning: `Version ${version} of ${name} becomes the one in production: this server, and every other that follows this registry, answers with it from then on.`,
          },
        ]),
    ...(stage === 'candidate'
      ? [
          {
            button: 'Archive',
            path: `${versionPath(name, version)}/archive`,
            meaning: `Version ${version} of ${name} is put away. It stays in the registry and can be promoted later.`,
          },
        ]
      : []),
    {
      button: 'Roll back',
      path: `${modelPath(name)}/rollback`,
      meaning: `The version of ${name} that was in production before the present one is put back into production.`,
    },
  ];
  return (
    <>
      <p class="row">
        {changes.map((change) => (
          <button key={change.button} type="button" onClick={() => ask(change)}>
            {change.button} …
          </button>
        ))}
        <span role="status" class="good">
          {done}
        </span>
      </p>
      {asked !== undefined && (
        <Confirmation
          change={asked}
          onClose={() => ask(undefined)}
          onDone={(changed) => {
            ask(undefined);
            setDone(`${changed.name} ${changed.version} is now ${changed.stage}.`);
            onChange();
          }}
        />
      )}
    </>
  );
}

function Confirmation({
  change: { button, path, meaning },
  onClose,
  onDone,
}: {
  readonly change: Change;
  readonly onClose: () => void;
  readonly onDone: (changed: RegistryChange) => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [refused, setRefused] = useState<ReplyError>();
  const [busy, setBusy] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  const work = async () => {
    setBusy(true);
    try {
      onDone(await post<RegistryChange>(path, {}));
    } catch (error) {
      setRefused(error as ReplyError);
      setBusy(false);
    }
  };
  return (
    <dialog ref={dialog} class="confirmation" aria-labelledby="confirmation-title" onClose={onClose}>
      <h3 id="confirmation-title">{button}?</h3>
      <p>{meaning}</p>
      {refused !== undefined && <Refusal error={refused} />}
      <p class="row">
        <button type="button" class="main" disabled={busy} onClick={work}>
          {button}
        </button>
        <button type="button" onClick={() => dialog.current?.close()}>
          Cancel
        </button>
      </p>
    </dialog>
  );
}
