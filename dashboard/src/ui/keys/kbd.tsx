import classes from './kbd.module.css';

const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** A key of the keyboard as it is printed there. */
export function Kbd({ keys }: { keys: string }) {
  const words = keys
    .replace('mod+', isApple ? '⌘' : 'Ctrl ')
    .replace('Enter', '↵')
    .replace('Escape', 'Esc');
  return <kbd className={classes.kbd}>{words}</kbd>;
}
