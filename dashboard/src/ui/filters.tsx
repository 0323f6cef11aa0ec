import { useLingui } from '@lingui/react/macro';
import { TextInput } from '@mantine/core';
import { type ReactNode, useEffect, useEffectEvent, useRef, useState } from 'react';
import classes from './filters.module.css';
import { Icon } from './icons.tsx';
import { useKeys } from './keys/keys.tsx';
import { Count } from './numbers.tsx';
import { useStillHere } from './use-still-here.ts';

/** One of several that a list can be narrowed to; `count` is how many it would show. */
export type Choice<V extends string> = { value: V; label: ReactNode; count?: number | undefined };

/** Chips of which one is on. */
export function ChoiceChips<V extends string>(props: {
  label: string;
  choices: readonly Choice<V>[];
  value: V;
  onChange: (value: V) => void;
}) {
  const { label, choices, value: chosen, onChange } = props;
  return (
    <div className={classes.chips} role="group" aria-label={label}>
      {choices.map(({ value, label: words, count }) => (
        <button
          key={value}
          type="button"
          className={classes.chip}
          aria-pressed={value === chosen}
          onClick={() => onChange(value)}
        >
          {words}
          {count !== undefined && (
            <span className="num">
              <Count value={count} />
            </span>
          )}
        </button>
      ))}
    </div>
  );
}

/** What a chip that opens or removes a filter looks like; `aria-pressed` or `aria-current` says that it is on. */
export const chipClass = classes.chip;
/** What holds such chips. */
export const chipsClass = classes.chips;

/** The line above a list: its filters, and at the end what it shows. */
export function FilterLine({ children, end }: { children: ReactNode; end?: ReactNode }) {
  return (
    <div className={classes.line}>
      {children}
      {end !== undefined && <span className={classes.end}>{end}</span>}
    </div>
  );
}

/** How long the user must have stopped typing before a list follows. */
export const restMs = 250;

/** A text that narrows a list; `/` goes to it. */
export function FilterText({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
}) {
  const { t } = useLingui();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(value);
  useKeys([{ keys: '/', label: t`To the filter`, run: () => input.current?.focus() }]);
  // An answer to what was typed does not undo what was typed since.
  const applied = useRef(value);
  useEffect(() => {
    if (value !== applied.current) setText(value);
    applied.current = value;
  }, [value]);
  const isStillHere = useStillHere();
  const settle = useEffectEvent(() => {
    if (!isStillHere()) return;
    applied.current = text;
    onChange(text);
  });
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => settle(), restMs);
    return () => clearTimeout(timer);
  }, [text, value]);
  return (
    <TextInput
      ref={input}
      type="search"
      size="xs"
      className={classes.text}
      aria-label={label}
      placeholder={label}
      leftSection={<Icon name="search" size={14} />}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
    />
  );
}
