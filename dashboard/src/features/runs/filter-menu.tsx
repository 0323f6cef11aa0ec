import { Menu } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { chipClass } from '../../ui/filters.tsx';
import { Icon } from '../../ui/icons.tsx';

type Name = 'kind' | 'status' | 'waitingFor' | 'since' | 'journey' | 'step' | 'version' | 'contact';

/** A filter with a handful of values; the address keeps it. */
export function FilterMenu(props: {
  name: Name;
  label: string;
  any: string;
  values: readonly { value: string; label: string }[];
}) {
  const { name, label, any, values } = props;
  const navigate = useNavigate();
  const search = useSearch({ from: '/frame/runs' });
  const chosen = values.find(({ value }) => value === search[name]);
  const set = (value: string | undefined): void => {
    const { [name]: _, ...others } = search;
    void navigate({ to: '/runs', search: { ...others, ...(value === undefined ? {} : { [name]: value }) } });
  };
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <button type="button" className={chipClass} aria-current={chosen !== undefined}>
          {chosen?.label ?? label}
          <Icon name="chevron" size={12} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => set(undefined)}>{any}</Menu.Item>
        {values.map(({ value, label: words }) => (
          <Menu.Item
            key={value}
            onClick={() => set(value)}
            rightSection={value === chosen?.value ? <Icon name="check" size={13} /> : null}
          >
            {words}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** A filter that came with the address, such as a journey's step, with a cross that takes it away. */
export function FilterMark({ name, words, remove }: { name: Name; words: string; remove: string }) {
  const navigate = useNavigate();
  const search = useSearch({ from: '/frame/runs' });
  const { [name]: value, ...others } = search;
  if (value === undefined) return null;
  return (
    <button
      type="button"
      className={chipClass}
      aria-current
      aria-label={remove}
      onClick={() => void navigate({ to: '/runs', search: others })}
    >
      {words}
      <Icon name="cross" size={12} />
    </button>
  );
}
