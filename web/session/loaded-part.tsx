import type { ComponentType } from 'preact';
import { ReplyView } from './reply-view.js';
import { useReply } from './use-reply.js';

/** A part of a page under its heading: what the server answers, while it is on its way, or why it was refused. */
export function LoadedPart<T>({
  path,
  title,
  part: Part,
}: {
  readonly path: string;
  readonly title: string;
  readonly part: ComponentType<{ readonly value: T }>;
}) {
  const reply = useReply<T>(path);
  return (
    <section>
      <h2>{title}</h2>
      <ReplyView reply={reply}>{(value) => <Part value={value} />}</ReplyView>
    </section>
  );
}
