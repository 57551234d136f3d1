import { useState } from 'preact/hooks';
import { type ReplyError, storeKey } from '../session/client.js';
import { Refusal } from '../session/reply-view.js';

/** Asks for a key. It is kept in this tab only. */
export function Login({ refused, onKey }: { readonly refused: ReplyError | undefined; readonly onKey: () => void }) {
  const [key, setKey] = useState('');
  const submit = (event: Event) => {
    event.preventDefault();
    storeKey(key.trim());
    onKey();
  };
  return (
    <main class="login">
      <h1>thoracle studio</h1>
      <form onSubmit={submit}>
        <label for="key">API key</label>
        <input
          id="key"
          type="password"
          autocomplete="current-password"
          required
          value={key}
          onInput={({ currentTarget }) => setKey(currentTarget.value)}
        />
        <button type="submit">Log in</button>
        <p class="hint">
          Made with <code>thoracle serve key create</code>. It is kept until this tab is closed.
        </p>
        {refused !== undefined && <Refusal error={refused} />}
      </form>
    </main>
  );
}
