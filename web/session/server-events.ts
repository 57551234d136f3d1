import { send } from './client.js';

/**
 * Data of server-sent events. The browser's own EventSource cannot send a key as a header, so the stream is read here.
 * @throws ReplyError as `send` does; the stream ends when the server ends it
 */
export async function* serverEvents<T>(path: string, signal: AbortSignal): AsyncGenerator<T> {
  const reply = await send(path, { signal, headers: { accept: 'text/event-stream' } });
  if (reply.body === null) return;
  const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value;
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) {
      if (part.startsWith('data: ')) yield JSON.parse(part.slice('data: '.length)) as T;
    }
  }
}
