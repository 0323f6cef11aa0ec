/** The page of a namespace in Temporal’s own web interface; null where no interface is set. Paths such as `/workflows/ID` follow it. */
export function temporalPage(config: { TEMPORAL_UI_URL: string; TEMPORAL_NAMESPACE: string }): string | null {
  const { TEMPORAL_UI_URL, TEMPORAL_NAMESPACE } = config;
  if (TEMPORAL_UI_URL === '') return null;
  return `${TEMPORAL_UI_URL.replace(/\/+$/, '')}/namespaces/${encodeURIComponent(TEMPORAL_NAMESPACE)}`;
}
