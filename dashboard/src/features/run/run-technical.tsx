import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import type { RunDetail } from '../../../../contracts/runs/runs-api.schema.ts';
import { systemQuery } from '../../api/system.ts';
import { Facts, Panel, PanelBody } from '../../ui/panel.tsx';
import { CopyId, Json } from '../../ui/technical.tsx';
import classes from './run.module.css';

/** What engineers look for: ids, the state after the last turn, the workflow in Temporal's own interface. */
export function RunTechnical({ run }: { run: RunDetail }) {
  const { t } = useLingui();
  const temporal = useQuery(systemQuery).data?.temporalUiUrl ?? null;
  const { workflowId, temporalRunId } = run;
  const isPooled = run.execution === 'pooled';
  return (
    <div className={classes.part}>
      <Panel title={<Trans>Workflow</Trans>}>
        <PanelBody>
          <Facts
            facts={[
              { key: 'run', name: <Trans>Run</Trans>, value: <CopyId id={run.id} /> },
              {
                key: 'workflow',
                name: <Trans>Workflow</Trans>,
                value: isPooled ? <Trans>Shared with other runs, in a pool</Trans> : <CopyId id={workflowId} />,
              },
              {
                key: 'execution',
                name: <Trans>Execution</Trans>,
                value: temporalRunId && <CopyId id={temporalRunId} />,
              },
              { key: 'key', name: <Trans>Entry key</Trans>, value: <CopyId id={run.entryKey} /> },
              { key: 'turn', name: <Trans>Turn</Trans>, value: <span className="num">{run.turn}</span> },
              {
                key: 'generation',
                name: <Trans>Generation</Trans>,
                value: <span className="num">{run.generation}</span>,
              },
              { key: 'inbox', name: <Trans>Unread</Trans>, value: <span className="num">{run.unreadInbox}</span> },
              {
                key: 'temporal',
                name: <Trans>History</Trans>,
                value:
                  temporal !== null && !isPooled ? (
                    <a
                      className="link"
                      href={`${temporal}/workflows/${encodeURIComponent(workflowId)}`}
                      target="_blank"
                      rel="noreferrer"
                    >
                      <Trans>Open in Temporal</Trans>
                    </a>
                  ) : null,
              },
            ]}
          />
        </PanelBody>
      </Panel>
      <Panel title={<Trans>State after the last turn</Trans>}>
        <Json label={t`State after the last turn`} value={run.facts} />
      </Panel>
    </div>
  );
}
