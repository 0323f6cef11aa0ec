import type { ReactNode } from 'react';
import { Icon } from './icons.tsx';

/** Says for some seconds that something is done; it is read out. What lies under it can be pressed meanwhile (base.css). */
export function notifyDone(message: ReactNode): void {
  void import('@mantine/notifications').then(({ notifications }) =>
    notifications.show({
      message,
      icon: <Icon name="check" size={14} />,
      color: 'teal',
      autoClose: 5_000,
      withCloseButton: false,
    }),
  );
}
