import { Trans } from '@lingui/react/macro';
import type { RunTrouble } from '../../../../contracts/runs/runs-api.schema.ts';
import type { z } from 'zod';

/** Why something needs a person, in red, as lists and pages of what has a run say it. */
export function TroubleWords({ trouble }: { trouble: z.infer<typeof RunTrouble> }) {
  return (
    <span className="red medium" title={trouble.message || undefined}>
      {trouble.message || <Trans>Outcome unknown</Trans>}
    </span>
  );
}
