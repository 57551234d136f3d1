const place = 'thoracle-theme';

/** `system`: as the person's machine says. */
export type Theme = 'system' | 'light' | 'dark';

/** The theme chosen on this machine. */
export function chosenTheme(): Theme {
  const found = localStorage.getItem(place);
  return found === 'light' || found === 'dark' ? found : 'system';
}

/** Uses a theme now and next time. */
export function chooseTheme(theme: Theme): void {
  if (theme === 'system') localStorage.removeItem(place);
  else localStorage.setItem(place, theme);
  applyTheme(theme);
}

/** Puts the theme on the document. */
export function applyTheme(theme: Theme): void {
  const { documentElement } = document;
  if (theme === 'system') delete documentElement.dataset.theme;
  else documentElement.dataset.theme = theme;
}
