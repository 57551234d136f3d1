import type { RegistryModels, RegistryVersionDetail } from '../../../serving/registry/registry-answers.js';
import { ReplyView } from '../../session/reply-view.js';
import { allows, useSession } from '../../session/session.js';
import { useReply } from '../../session/use-reply.js';
import { DataTable } from '../../table/data-table.js';
import { Papers } from './papers.js';
import { timeText } from './texts.js';
import { useAddress } from './use-address.js';
import { VersionChanges } from './version-changes.js';
import { reportPath, versionPath } from './version-paths.js';

/** One version of the registry, and another beside it where the address names one. */
export function VersionView({
  name,
  version,
  models,
  turn,
  onChange,
}: {
  readonly name: string;
  readonly version: string;
  readonly models: RegistryModels['models'];
  /** Another number asks again. */
  readonly turn: number;
  readonly onChange: () => void;
}) {
  const address = useAddress();
  const session = useSession();
  const beside = besideOf(address.get('beside'));
  const detail = useReply<RegistryVersionDetail>(versionPath(name, version), turn);
  const other = useReply<RegistryVersionDetail>(
    beside === undefined ? undefined : versionPath(beside.name, beside.version),
    turn,
  );
  const others = models.flatMap((model) =>
    model.versions
      .filter((one) => model.name !== name || one.version !== version)
      .map((one) => ({ value: `${model.name}/${one.version}`, text: `${model.name} ${one.version} (${one.stage})` })),
  );
  return (
    <ReplyView reply={detail}>
      {({ stage, manifest, card, checklist, history }) => (
        <section aria-label="Chosen version">
          <h3>
            {name}, version {version} <span class={`stage stage-${stage}`}>{stage}</span>
          </h3>
          <p class="row">
            <label>
              Beside it{' '}
              <select
                value={address.get('beside') ?? ''}
                onChange={({ currentTarget }) => address.set({ model: name, version, beside: currentTarget.value })}
              >
                <option value="">no other version</option>
                {others.map(({ value, text }) => (
                  <option key={value} value={value}>
                    {text}
                  </option>
                ))}
              </select>
            </label>
          </p>
          {allows(session, 'admin') ? (
            <VersionChanges name={name} version={version} stage={stage} onChange={onChange} />
          ) : (
            <p class="hint">To promote, archive or roll back needs the scope admin.</p>
          )}
          {beside === undefined ? (
            <Papers
              versions={[{ name: `${name} ${version}`, manifest, reportPath: reportPath(name, version) }]}
              card={card}
              checklist={checklist}
            />
          ) : (
            <ReplyView reply={other}>
              {(second) => (
                <Papers
                  versions={[
                    { name: `${name} ${version}`, manifest, reportPath: reportPath(name, version) },
                    {
                      name: `${second.name} ${second.version}`,
                      manifest: second.manifest,
                      reportPath: reportPath(second.name, second.version),
                    },
                  ]}
                  card={card}
                  checklist={checklist}
                />
              )}
            </ReplyView>
          )}
          <h4>History</h4>
          <DataTable
            caption="History of the version"
            columns={[
              { key: 'at', title: 'When (UTC)', value: ({ at }) => timeText(at) },
              { key: 'action', title: 'What', value: ({ action }) => action },
              { key: 'by', title: 'Who', value: ({ by }) => by || null },
            ]}
            rows={history}
            rowKey={({ at, action }) => `${at} ${action}`}
            empty="Nothing was kept of it."
          />
        </section>
      )}
    </ReplyView>
  );
}

/** `lung/1`. */
function besideOf(text: string | undefined): { readonly name: string; readonly version: string } | undefined {
  const at = text?.lastIndexOf('/') ?? -1;
  return text === undefined || at < 1 ? undefined : { name: text.slice(0, at), version: text.slice(at + 1) };
}
