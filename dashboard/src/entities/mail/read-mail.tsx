import { useQuery } from '@tanstack/react-query';
import { effectMailQuery, testEffectMail } from '../../api/runs.ts';
import { Loading } from '../../ui/states.tsx';
import { Failed } from '../answer/failed.tsx';
import { MailText } from './mail-text.tsx';

/** The mail of an effect, by its id, as its reader sees it. */
export function ReadMail({ id }: { id: string }) {
  const { data: mail, error, refetch } = useQuery(effectMailQuery(id));
  if (error) return <Failed error={error} onRetry={() => void refetch()} />;
  return mail ? <MailText mail={mail} to={mail.to} sendTest={() => testEffectMail(id)} /> : <Loading />;
}
