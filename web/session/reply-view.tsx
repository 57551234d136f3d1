import type { ComponentChildren } from 'preact';
import type { ReplyError } from './client.js';
import type { Waiting } from './use-reply.js';

/** Shows a reply when it is here, that it is on its way, or why it was refused. */
export function ReplyView<T>({
  reply,
  children,
}: {
  readonly reply: Waiting<T>;
  readonly children: (value: T) => ComponentChildren;
}) {
  if (reply.state === 'waiting') return <p class="waiting">Loading …</p>;
  if (reply.state === 'refused') return <Refusal error={reply.error} />;
  return <>{children(reply.value)}</>;
}

/** One sentence of the server, with its code. */
export function Refusal({ error }: { readonly error: ReplyError }) {
  return (
    <p class="refusal" role="alert">
      {error.message} <code>{error.code}</code>
    </p>
  );
}
