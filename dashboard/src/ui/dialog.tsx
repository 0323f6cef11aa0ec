import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Modal } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import classes from './dialog.module.css';

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

/** What a dialog asks for, sent by its last button. */
export function DialogForm({ onSubmit, children }: { onSubmit: () => void; children: ReactNode }) {
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        // React sends events of what is inside to what it was rendered in: the form behind the dialog would be sent as well.
        event.stopPropagation();
        onSubmit();
      }}
    >
      {children}
    </form>
  );
}

/** The end of a dialog: the button that leaves things as they are, and those that do something. */
export function DialogButtons({ onClose, children }: { onClose: () => void; children: ReactNode }) {
  return (
    <div className={classes.buttons}>
      <Button onClick={onClose}>
        <Trans>Leave it</Trans>
      </Button>
      {children}
    </div>
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
