/** Where the numbers of a version's curves are. */
export function reportPath(name: string, version: string): string {
  return `/studio/api/models/${encodeURIComponent(name)}/versions/${encodeURIComponent(version)}/report`;
}

/** Where the registry tells of a version. */
export function versionPath(name: string, version: string): string {
  return `${modelPath(name)}/versions/${encodeURIComponent(version)}`;
}

/** Where the registry tells of a name. */
export function modelPath(name: string): string {
  return `/registry/models/${encodeURIComponent(name)}`;
}
