import { useState } from 'preact/hooks';
import type { RegistryModels } from '../../../serving/registry/registry-answers.js';
import type { OnlyModelReply } from '../../server/replies/runs-reply.js';
import { ReplyView } from '../../session/reply-view.js';
import { useSession } from '../../session/session.js';
import { useReply } from '../../session/use-reply.js';
import { DataTable } from '../../table/data-table.js';
import { Papers } from './papers.js';
import { timeText } from './texts.js';
import { useAddress } from './use-address.js';
import { VersionView } from './version-view.js';

/** Versions of the registry, or the one model of a server without one. */
export function Models() {
  const { has } = useSession();
  return (
    <section>
      <h2>Models</h2>
      {has.registry ? <RegistryView /> : has.model ? <OnlyModel /> : <NoModel />}
    </section>
  );
}

function NoModel() {
  return (
    <p class="empty">
      This server has neither a registry nor a model. <code>thoracle train --store FILE --out DIR</code> trains one,{' '}
      <code>thoracle model register</code> puts it into a registry; <code>thoracle studio --registry DIR</code> or{' '}
      <code>--model DIR</code> shows it here.
    </p>
  );
}

function OnlyModel() {
  const reply = useReply<OnlyModelReply>('/studio/api/model');
  return (
    <ReplyView reply={reply}>
      {({ name, manifest, card, checklist }) => (
        <>
          <p class="hint">This server has one model and no registry, so there is nothing to promote or to roll back.</p>
          <h3>{name}</h3>
          <Papers
            versions={[{ name, manifest, reportPath: '/studio/api/model/report' }]}
            card={card}
            checklist={checklist}
          />
        </>
      )}
    </ReplyView>
  );
}

function RegistryView() {
  const address = useAddress();
  const [turn, setTurn] = useState(0);
  const reply = useReply<RegistryModels>('/registry/models', turn);
  return (
    <ReplyView reply={reply}>
      {({ models }) => {
        const chosen = chosenOf(models, address.get('model'), address.get('version'));
        return (
          <>
            <DataTable
              caption="Versions of models"
              columns={[
                {
                  key: 'version',
                  title: 'Version',
                  value: ({ name, version }) => `${name} ${version}`,
                  show: ({ name, version }) => (
                    <a
                      href={address.with({ model: name, version, beside: '' })}
                      aria-current={chosen?.name === name && chosen.version === version ? 'true' : undefined}
                    >
                      {name} {version}
                    </a>
                  ),
                },
                { key: 'stage', title: 'Stage', value: ({ stage }) => stage },
                { key: 'serving', title: 'Answers here', value: ({ serving }) => (serving ? 'yes' : 'no') },
                { key: 'registered', title: 'Registered (UTC)', value: ({ registered }) => timeText(registered) },
                {
                  key: 'id',
                  title: 'Model id',
                  value: ({ modelId }) => modelId,
                  show: ({ modelId }) => <code>{modelId.slice(0, 12)}</code>,
                },
              ]}
              rows={models.flatMap(({ name, serving, versions }) =>
                versions.map((version) => ({ ...version, name, serving: serving === version.version })),
              )}
              rowKey={({ name, version }) => `${name} ${version}`}
              empty="The registry is empty: thoracle model register puts a trained model into it."
            />
            {chosen !== undefined && (
              <VersionView
                key={`${chosen.name} ${chosen.version}`}
                name={chosen.name}
                version={chosen.version}
                models={models}
                turn={turn}
                onChange={() => setTurn(turn + 1)}
              />
            )}
          </>
        );
      }}
    </ReplyView>
  );
}

/** What the address names; else the version in production of the first model, or its latest. */
function chosenOf(
  models: RegistryModels['models'],
  name: string | undefined,
  version: string | undefined,
): { readonly name: string; readonly version: string } | undefined {
  if (name !== undefined && version !== undefined) return { name, version };
  const model = models.find((one) => one.name === name) ?? models[0];
  const first = model?.production ?? model?.versions.at(-1)?.version;
  return model === undefined || first === undefined ? undefined : { name: model.name, version: first };
}
