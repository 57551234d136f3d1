import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { pages } from '../pages/page-list.js';
import { allows, useSession } from '../session/session.js';
import { chooseTheme, chosenTheme, type Theme } from './theme.js';

const themes: readonly (readonly [Theme, string])[] = [
  ['system', 'System colours'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];

/** The pages that this person may see, the theme, and the way out. */
export function Navigation({ onLogOut }: { readonly onLogOut: () => void }) {
  const session = useSession();
  const { path } = useLocation();
  const [theme, setTheme] = useState(chosenTheme());
  const choose = (chosen: Theme) => {
    chooseTheme(chosen);
    setTheme(chosen);
  };
  return (
    <header class="top">
      <a class="brand" href="/studio/">
        <img src="/studio/icon.svg" alt="" width="24" height="24" /> thoracle studio
      </a>
      <nav aria-label="Pages">
        <ul>
          {pages
            .filter(({ scope }) => allows(session, scope))
            .map((page) => (
              <li key={page.path}>
                <a href={page.path} aria-current={path.startsWith(page.path) ? 'page' : undefined}>
                  {page.title}
                </a>
              </li>
            ))}
        </ul>
      </nav>
      <div class="top-end">
        <label>
          <span class="unseen">Colours</span>
          <select value={theme} onChange={({ currentTarget }) => choose(currentTarget.value as Theme)}>
            {themes.map(([value, text]) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
        </label>
        {session.caller !== null && (
          <button type="button" onClick={onLogOut} title={session.caller}>
            Log out
          </button>
        )}
      </div>
    </header>
  );
}
