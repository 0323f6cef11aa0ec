import { Trans, useLingui } from '@lingui/react/macro';
import type { DocumentDetail } from '../../../../../contracts/documents/batches-api.schema.ts';
import { Icon } from '../../../ui/icons.tsx';
import { Cost } from '../../../ui/numbers.tsx';
import { Facts } from '../../../ui/panel.tsx';
import { CopyId, Technical } from '../../../ui/technical.tsx';
import { Time } from '../../../ui/time.tsx';
import classes from '../batches.module.css';
import { Texts } from './texts.tsx';

/** What the checks found in a document, the row that it came from, and its facts. */
export function Evidence({ document }: { document: DocumentDetail }) {
  const { t } = useLingui();
  const {
    findings,
    error,
    values,
    key,
    costMicros,
    repairs,
    generatedAt,
    contentHash,
    decidedBy,
    decidedAt,
    decision,
  } = document;
  return (
    <aside className={classes.evidence} aria-label={t`Findings and row`}>
      <section>
        <h2 className="caption">
          <Trans>Findings</Trans>
        </h2>
        {error && (
          <div className={classes.finding}>
            <Icon name="warn" size={14} color="var(--red)" />
            <span className="medium">{error.message}</span>
            <span />
            <span className="text2">{error.words ? <>“{error.words}”</> : error.code}</span>
          </div>
        )}
        {findings.length === 0 && !error && (
          <p className="small">
            <Icon name="check" size={13} color="var(--green)" /> <Trans>The checks found nothing.</Trans>
          </p>
        )}
        {findings.map(({ check, code, severity, message, evidence }) => (
          <div key={`${code} ${message}`} className={classes.finding}>
            <Icon name="warn" size={14} color={severity === 'error' ? 'var(--red)' : 'var(--amber)'} />
            <span className="medium">{message}</span>
            <span />
            <span className="text2">
              {evidence && <>“{evidence.text}” · </>}
              {check}
            </span>
          </div>
        ))}
      </section>
      <Texts document={document} />
      <section>
        <h2 className="caption">
          <Trans>Row {key}</Trans>
        </h2>
        <Facts
          facts={Object.entries(values).map(([name, value]) => ({
            key: name,
            name: <code className="mono">{name}</code>,
            value: value === '' ? '–' : value,
          }))}
        />
      </section>
      <section>
        <Facts
          facts={[
            { key: 'written', name: <Trans>Written</Trans>, value: generatedAt && <Time at={generatedAt} /> },
            { key: 'repairs', name: <Trans>Corrected</Trans>, value: repairs > 0 ? repairs : null },
            { key: 'cost', name: <Trans>Cost</Trans>, value: <Cost micros={costMicros} /> },
            {
              key: 'decided',
              name: <Trans>Decided</Trans>,
              value: decision && (
                <>
                  {decision === 'approve' ? (
                    <Trans>Approved by {decidedBy}</Trans>
                  ) : (
                    <Trans>Taken out by {decidedBy}</Trans>
                  )}{' '}
                  {decidedAt && <Time at={decidedAt} />}
                </>
              ),
            },
          ]}
        />
        <Technical>
          <Facts
            facts={[
              { key: 'id', name: <Trans>Document</Trans>, value: <CopyId id={document.id} /> },
              { key: 'hash', name: <Trans>Content</Trans>, value: contentHash && <CopyId id={contentHash} /> },
            ]}
          />
        </Technical>
      </section>
    </aside>
  );
}
