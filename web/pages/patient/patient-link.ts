/** The address of this page with some of its parameters changed; undefined takes one away. */
export function patientLink(
  query: Readonly<Record<string, string>>,
  change: Readonly<Record<string, string | undefined>>,
): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...query, ...change })) {
    if (value !== undefined) parameters.set(name, value);
  }
  return `/studio/patient?${parameters}`;
}
