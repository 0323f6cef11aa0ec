import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { durationWords } from '../../../ui/time.tsx';

/** How fast people decide, and how long what is left takes at that pace; nothing while too few have decided. */
export function ReviewPace({ perHour, undecided }: { perHour: number | null; undecided: number }) {
  const { i18n } = useLingui();
  if (perHour === null || undecided === 0) return null;
  const left = durationWords(i18n, Math.ceil((undecided * 60) / perHour) * 60_000);
  return (
    <span className="small text2 num">
      {perHour < 60 ? (
        <Plural value={perHour} one="# an hour" other="# an hour" />
      ) : (
        <Plural value={Math.round(perHour / 60)} one="# a minute" other="# a minute" />
      )}
      , <Trans>about {left} left</Trans>
    </span>
  );
}
