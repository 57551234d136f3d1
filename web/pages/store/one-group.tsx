import type { GroupReply } from '../../server/replies/store-reply.js';
import { ReplyView } from '../../session/reply-view.js';
import { useReply } from '../../session/use-reply.js';
import { FeatureDetail } from './feature-detail.js';
import { Features } from './features.js';
import { LineagePart } from './lineage.js';
import { RecordHistory } from './record-history.js';
import { useChosen } from './use-chosen.js';
import { Versions } from './versions.js';

/** One group: its features, versions, lineage and records. */
export function OneGroup({ name }: { readonly name: string }) {
  const place = `/studio/api/store/groups/${encodeURIComponent(name)}`;
  const reply = useReply<GroupReply>(place);
  const { chosen } = useChosen();
  return (
    <ReplyView reply={reply}>
      {({ group, versions }) => (
        <>
          <h2>{group.name}</h2>
          <p>
            Newest version {group.version}: {group.columns} columns, {group.records} records by{' '}
            <code>{group.recordIdentifier}</code>. {group.settings.description}
          </p>
          <section>
            <h2>Features</h2>
            <Features place={place} group={group} />
            {chosen.feature !== undefined && <FeatureDetail place={place} name={chosen.feature} />}
          </section>
          <section>
            <h2>Versions</h2>
            <Versions versions={versions} />
          </section>
          <LineagePart place={place} />
          <RecordHistory place={place} group={group} />
        </>
      )}
    </ReplyView>
  );
}
