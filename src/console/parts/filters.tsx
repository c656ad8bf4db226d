import { useEffect, useId, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react';
import { Icon } from '../../design/icons.tsx';
import { parts } from '../../design/texts/console/parts.ts';
import { goInstead, useAddress, type Filters } from '../address.ts';
import { dayStart, exactly, useZone } from './clock.ts';

const { filters: words } = parts;

/** One way to narrow a list. `text`: whatever somebody types, such as a number in any spelling. */
export type Filter = { name: string; label: string } &
  /** `any`: what it says where nothing is chosen. */
  (
    | { kind: 'choice'; options: readonly (readonly [value: string, name: string])[]; any?: string }
    | { kind: 'text'; placeholder: string }
    | { kind: 'period' }
  );

/** What the address says of these filters, and how to change one; the rest of the address stays. */
export function useFilters(): [Filters, (changes: Filters) => void] {
  const { page, filters } = useAddress();
  // Whatever was open may not be among what is left.
  return [filters, (changes) => goInstead({ page, filters: { ...filters, ...changes } })];
}

const PERIODS = ['any', 'today', 'yesterday', '7d', '30d'] as const;
type Period = (typeof PERIODS)[number];
const DAYS: Readonly<Record<Exclude<Period, 'any'>, readonly [back: number, until: number | null]>> = {
  today: [0, null],
  yesterday: [1, 0],
  '7d': [6, null],
  '30d': [29, null],
};

/** `when=yesterday` as the API takes it; days begin where the viewer is. `from` and `to` of the address go through. */
export function spanOf({ when = '', from, to }: Filters, chosen: 'local' | 'utc'): { from?: string; to?: string } {
  const days = DAYS[when as keyof typeof DAYS] as readonly [number, number | null] | undefined;
  if (days === undefined) return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
  const [back, until] = days;
  return {
    from: dayStart(back, chosen).toISOString(),
    ...(until !== null && { to: dayStart(until, chosen).toISOString() }),
  };
}

/** The filters of an address as a list takes them that has `from` and `to`. */
export function queryOf(filters: Filters, chosen: 'local' | 'utc'): Filters {
  const { when: _when, from: _from, to: _to, ...others } = filters;
  return { ...others, ...spanOf(filters, chosen) };
}

/** The filters of a list as chips. */
export function FilterBar({ filters }: { filters: readonly Filter[] }) {
  const [held, change] = useFilters();
  const names = [...filters.map(({ name }) => name), 'from', 'to'];
  const isSet = names.some((name) => held[name] !== undefined);
  return (
    <div className="filter-bar">
      {filters.map((filter) => (
        <OneFilter key={filter.name} filter={filter} value={held[filter.name] ?? ''} onChange={change} />
      ))}
      <Between held={held} onChange={change} />
      {isSet && (
        <button
          type="button"
          className="button quiet"
          onClick={() => change(Object.fromEntries(names.map((name) => [name, ''])))}
        >
          {words.clear}
        </button>
      )}
    </div>
  );
}

function OneFilter({
  filter,
  value,
  onChange,
}: {
  filter: Filter;
  value: string;
  onChange: (changes: Filters) => void;
}) {
  if (filter.kind === 'text')
    return (
      <TextFilter
        label={filter.label}
        placeholder={filter.placeholder}
        value={value}
        onChange={(text) => onChange({ [filter.name]: text })}
      />
    );
  const options =
    filter.kind === 'choice'
      ? [['', filter.any ?? words.any] as const, ...filter.options]
      : PERIODS.map((period) => [period === 'any' ? '' : period, words.periods[period]] as const);
  // By a link: what the list is narrowed to is said, whatever it is.
  const offered = options.some(([option]) => option === value) ? options : [...options, [value, value] as const];
  const also: Filters = filter.kind === 'period' ? { from: '', to: '' } : {};
  return (
    <label className="filter" data-set={value !== ''}>
      <span>{filter.label}</span>
      <select value={value} onChange={({ target }) => onChange({ ...also, [filter.name]: target.value })}>
        {offered.map(([option, name]) => (
          <option key={option} value={option}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** A chip that opens a field: typing alone changes nothing, Enter does. */
function TextFilter({
  label,
  placeholder,
  value,
  onChange,
}: {
  label: string;
  placeholder: string;
  value: string;
  onChange: (text: string) => void;
}) {
  const menu = useMenu();
  const field = useId();
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const isSet = value !== '';
  return (
    <span className="filter-text" data-set={isSet}>
      <details {...menu.props}>
        <summary className="filter" data-set={isSet} onClick={menu.toggle}>
          <span>{label}</span>
          {isSet && <strong className="number">{value}</strong>}
        </summary>
        <form
          className="floats"
          onSubmit={(event) => {
            event.preventDefault();
            onChange(text.trim());
            menu.close();
          }}
        >
          <label htmlFor={field} className="unseen">
            {label}
          </label>
          <input
            id={field}
            type="text"
            autoComplete="off"
            placeholder={placeholder}
            value={text}
            onChange={({ target }) => setText(target.value)}
          />
          <button type="submit" className="button main">
            {words.apply}
          </button>
        </form>
      </details>
      {isSet && <Remove name={label} onRemove={() => onChange('')} />}
    </span>
  );
}

/**
 * Opens a `details` with the focus in its field, and closes it: by Esc, which gives the focus back, and by a click elsewhere. The browser's own opening tells of itself later,
 * and what is typed until then would go to nobody.
 */
function useMenu() {
  const menu = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const leave = ({ target }: Event): void => {
      if (menu.current?.contains(target as Node) === false) menu.current.open = false;
    };
    document.addEventListener('pointerdown', leave);
    return () => document.removeEventListener('pointerdown', leave);
  }, []);
  const close = (): void => {
    if (menu.current === null) return;
    menu.current.open = false;
    menu.current.querySelector('summary')?.focus();
  };
  const toggle = (event: MouseEvent): void => {
    if (menu.current === null) return;
    event.preventDefault();
    menu.current.open = !menu.current.open;
    if (menu.current.open) menu.current.querySelector('input')?.focus();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDetailsElement>): void => {
    if (event.key !== 'Escape' || menu.current?.open !== true) return;
    event.preventDefault();
    close();
  };
  return { props: { ref: menu, onKeyDown }, toggle, close };
}

/** What a link elsewhere, such as a bar of a chart, has narrowed the list to. */
function Between({ held: { from, to }, onChange }: { held: Filters; onChange: (changes: Filters) => void }) {
  const chosen = useZone();
  if (from === undefined && to === undefined) return null;
  const text = [from, to].map((at) => (at === undefined ? '' : shown(at, chosen))).join(' – ');
  return (
    <span className="filter" data-set="true">
      <strong>{text}</strong>
      <Remove name={text} onRemove={() => onChange({ from: '', to: '' })} />
    </span>
  );
}

function shown(at: string, chosen: 'local' | 'utc'): string {
  const instant = new Date(at);
  return Number.isNaN(instant.getTime()) ? at : exactly(instant, chosen);
}

function Remove({ name, onRemove }: { name: string; onRemove: () => void }) {
  return (
    <button
      type="button"
      className="remove"
      aria-label={words.remove(name)}
      title={words.remove(name)}
      onClick={onRemove}
    >
      <Icon name="close" size={14} />
    </button>
  );
}
