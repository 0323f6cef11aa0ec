import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { contentAddress, documentQuery } from '../../api/batches.ts';
import { Failed } from '../../entities/answer/failed.tsx';
import classes from '../../features/documents/batches.module.css';
import { DocumentState } from '../../features/documents/document/document-state.tsx';
import { Evidence } from '../../features/documents/document/evidence.tsx';
import { Letter } from '../../features/documents/document/letter.tsx';
import { Page } from '../../frame/page.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Loading } from '../../ui/states.tsx';

/** One document: as it was rendered, with its row and what the checks found. */
export function DocumentPage() {
  const { t } = useLingui();
  const { id } = useParams({ from: '/frame/documents/$id' });
  const { data: document, error, refetch } = useQuery(documentQuery(id));
  if (!document)
    return (
      <Page name={t`Document`}>{error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading />}</Page>
    );
  const { key, batchId, batchName, formats } = document;
  return (
    <Page
      name={key}
      crumbs={[
        <Link key="batches" to="/batches">
          <Trans>Batches</Trans>
        </Link>,
        <Link key="batch" to="/batches/$id" params={{ id: batchId }}>
          {batchName}
        </Link>,
      ]}
      chip={<DocumentState document={document} />}
      actions={formats.map((format) => (
        <Button
          key={format}
          component="a"
          href={contentAddress(id, { format })}
          download
          leftSection={<Icon name="down" size={14} />}
        >
          {format.toUpperCase()}
        </Button>
      ))}
    >
      <div className={classes.part}>
        <div className={classes.two}>
          {formats.includes('html') ? (
            <iframe
              className={classes.frame}
              sandbox=""
              src={contentAddress(id, { format: 'html', disposition: 'inline' })}
              title={t`The document as it was rendered`}
            />
          ) : (
            <Letter document={document} />
          )}
          <Evidence document={document} />
        </div>
      </div>
    </Page>
  );
}
