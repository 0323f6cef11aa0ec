/** A link to the run's page in the dashboard, as Markdown for Temporal's own UI. */
export function runLink(publicUrl: string, runId: string): string {
  return `[Run ${runId} in Throughline](${publicUrl}/runs/${runId})`;
}
