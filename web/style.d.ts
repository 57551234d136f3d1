declare module '*.css';

/** What the document's element carries. */
interface DOMStringMap {
  theme?: string;
}
