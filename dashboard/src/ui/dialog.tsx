import { useLingui } from '@lingui/react/macro';
import { Modal } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';

/** A dialog, open as long as it is rendered. It keeps the focus inside and gives it back to what opened it. */
export function Dialog(props: { title: ReactNode; isWide?: boolean; onClose: () => void; children: ReactNode }) {
  const { t } = useLingui();
  const { title, isWide = false, onClose, children } = props;
  const [opener] = useState(openerNow);
  useEffect(() => () => giveFocusTo(opener), [opener]);
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size={isWide ? 'lg' : 'md'}
      returnFocus={false}
      closeButtonProps={{ 'aria-label': t`Close` }}
    >
      {children}
    </Modal>
  );
}

/** What has the focus; for an entry of a menu, the button of that menu, because the entry goes away with it. */
function openerNow(): Element | null {
  const focused = document.activeElement;
  const button = focused?.closest('[role=menu]')?.getAttribute('aria-labelledby');
  return button ? document.querySelector(`#${CSS.escape(button)}`) : focused;
}

function giveFocusTo(opener: Element | null): void {
  const target = opener?.isConnected && opener !== document.body ? opener : document.querySelector('#main');
  if (target instanceof HTMLElement) target.focus({ preventScroll: true });
}
