import { Trans, useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import { Page } from '../frame/page.tsx';
import { Empty } from '../ui/states.tsx';

/** An address that leads nowhere. */
export function NotFoundPage() {
  const { t } = useLingui();
  return (
    <Page name={t`Nothing here`}>
      <Empty
        title={<Trans>This page does not exist</Trans>}
        actions={
          <Link to="/" className="link">
            <Trans>Go home</Trans>
          </Link>
        }
      >
        <Trans>It may have been mistyped. Search for what you were looking for with the field at the top.</Trans>
      </Empty>
    </Page>
  );
}
