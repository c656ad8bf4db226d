import { useVirtualizer, type VirtualItem } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useRef, useState, type ReactNode, type RefObject } from 'react';
import { parts } from '../../design/texts/console/parts.ts';
import { go, hrefOf, useAddress, type Address } from '../address.ts';
import { useLive, type LiveKind } from '../reach/live.ts';
import { Skeleton } from './empty.tsx';
import { countText } from './facts.tsx';
import { FailedList } from './failure.tsx';
import { useKeys } from './keys.ts';
import type { Rows } from './use-rows.ts';
import { useWidth } from './use-width.ts';

export interface Column<Row> {
  id: string;
  name: string;
  /** As CSS grid takes it: `7rem`, `minmax(8rem, 1fr)`. */
  width: string;
  cell: (row: Row) => ReactNode;
  isFigure?: boolean;
  /** From which width of the list on it is shown, in px; always where left out. */
  from?: number;
  /** Where it stands in the two lines of a narrow list; nowhere where left out. */
  narrow?: 'lead' | 'end' | 'below' | 'below-end';
}

interface ListProps<Row> {
  /** What is listed, in the plural: `Calls`. */
  name: string;
  rows: Rows<Row>;
  columns: readonly Column<Row>[];
  idOf: (row: Row) => string;
  /** What a link to the row says to whom it is read out. */
  nameOf: (row: Row) => string;
  /** Which events may change the list. */
  live: readonly LiveKind[];
  empty: ReactNode;
}

type Form = 'wide' | 'narrow';

const WIDE_FROM_PX = 560;
const ROW_PX = { wide: 36, narrow: 60 } as const;
const NEAR_THE_END = 20;
const AT_THE_TOP_PX = 8;

/**
 * A list of any length: only what can be seen is drawn, older pages come when somebody scrolls to them. It follows what happens while it stands at its
 * top, and offers to when somebody has scrolled down. `j`, `k` and Enter; the row that is open stands in the address.
 */
export function List<Row>({ name, rows, columns, idOf, nameOf, live, empty }: ListProps<Row>) {
  const scroller = useRef<HTMLDivElement>(null);
  const width = useWidth(scroller);
  const form: Form = width < WIDE_FROM_PX ? 'narrow' : 'wide';
  const address = useAddress();
  const [at, setAt] = useState(-1);
  const [isFresh, setIsFresh] = useState(false);
  const drawn = useVirtualizer({
    count: rows.rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX[form],
    overscan: 12,
  });
  const { measure } = drawn;
  useEffect(() => measure(), [form, measure]);

  const items = drawn.getVirtualItems();
  const lastDrawn = items.at(-1)?.index ?? 0;
  const { hasMore, isLoadingMore, error, loadMore } = rows;
  useEffect(() => {
    if (hasMore && !isLoadingMore && error === null && lastDrawn >= rows.rows.length - NEAR_THE_END) loadMore();
  }, [hasMore, isLoadingMore, error, lastDrawn, rows.rows.length, loadMore]);

  const showFresh = (): void => {
    setIsFresh(false);
    scroller.current?.scrollTo({ top: 0 });
    void rows.refresh();
  };
  useLive(live, () => {
    if ((scroller.current?.scrollTop ?? 0) <= AT_THE_TOP_PX) void rows.refresh();
    else setIsFresh(true);
  });
  useFocusAt(scroller, at);
  useWayBack(scroller, address, (closed) => setAt(rows.rows.findIndex((row) => idOf(row) === closed)));
  useRowKeys({ rows: rows.rows, idOf, at, setAt, show: (place) => drawn.scrollToIndex(place), address });

  const shown = form === 'wide' ? columns.filter(({ from = 0 }) => width >= from) : columns;
  const isEmpty = rows.isEmpty === true && error === null;
  return (
    <div className="list" data-form={form} data-stale={rows.isStale}>
      {isFresh && (
        <button type="button" className="button main fresh" onClick={showFresh}>
          {parts.list.fresh}
        </button>
      )}
      <div className="rows" ref={scroller}>
        <div role="table" aria-label={name} aria-rowcount={-1} hidden={isEmpty}>
          <Head columns={shown} form={form} />
          <div role="rowgroup" className="body" style={{ height: drawn.getTotalSize() }}>
            {items.map((item) => {
              const row = rows.rows[item.index];
              if (row === undefined) return null;
              const drawing = { columns: shown, form, row, item, id: idOf(row), name: parts.list.open(nameOf(row)) };
              return <DrawnRow key={drawing.id} {...drawing} isAt={item.index === at} address={address} />;
            })}
          </div>
        </div>
        {isEmpty ? <div className="list-empty">{empty}</div> : <Foot name={name} rows={rows} />}
      </div>
    </div>
  );
}

function DrawnRow<Row>({
  columns,
  form,
  row,
  item: { index, start, size },
  id,
  name,
  isAt,
  address: { page, filters, id: open },
}: {
  columns: readonly Column<Row>[];
  form: Form;
  row: Row;
  item: VirtualItem;
  id: string;
  name: string;
  isAt: boolean;
  address: Address;
}) {
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      className="row"
      data-open={id === open}
      data-at={isAt}
      style={{ ...templateOf(columns), height: size, transform: `translateY(${start}px)` }}
      onClick={({ target }) => {
        if (!(target as Element).closest('a, button')) go({ page, filters, id });
      }}
    >
      <Cells columns={columns} row={row} form={form} link={{ href: hrefOf({ page, filters, id }), name }} />
    </div>
  );
}

function Head<Row>({ columns, form }: { columns: readonly Column<Row>[]; form: Form }) {
  return (
    <div role="rowgroup" className={form === 'wide' ? 'head' : 'unseen'}>
      <div role="row" className="row" style={templateOf(columns)}>
        {columns.map((column) => (
          <span key={column.id} role="columnheader" className={column.isFigure ? 'figures' : undefined}>
            {column.name}
          </span>
        ))}
      </div>
    </div>
  );
}

/** The first cell is the link: for the keyboard, for screen readers, and to be opened in another tab. */
function Cells<Row>({
  columns,
  row,
  form,
  link,
}: {
  columns: readonly Column<Row>[];
  row: Row;
  form: Form;
  link: { href: string; name: string };
}) {
  return columns.map(({ id, isFigure, narrow = 'none', cell }, place) => (
    <span
      key={id}
      role="cell"
      className={isFigure ? 'figures' : undefined}
      data-place={form === 'narrow' ? narrow : undefined}
    >
      {place === 0 ? (
        <a href={link.href}>
          {cell(row)}
          <span className="unseen">{link.name}</span>
        </a>
      ) : (
        cell(row)
      )}
    </span>
  ));
}

function Foot<Row>({ name, rows }: { name: string; rows: Rows<Row> }) {
  if (rows.error !== null) return <FailedList error={rows.error} what={name} onAgain={() => void rows.refresh()} />;
  if (rows.isEmpty === null) return <Skeleton lines={12} />;
  return (
    <p className="foot tiny soft" role="status">
      {rows.hasMore ? parts.list.more : parts.list.end(countText(rows.rows.length))}
    </p>
  );
}

function useRowKeys<Row>({
  rows,
  idOf,
  at,
  setAt,
  show,
  address: { page, filters },
}: {
  rows: readonly Row[];
  idOf: (row: Row) => string;
  at: number;
  setAt: (place: number) => void;
  show: (place: number) => void;
  address: Address;
}): void {
  const step = (by: number): void => {
    const next = Math.min(rows.length - 1, Math.max(0, at + by));
    setAt(next);
    show(next);
  };
  useKeys({
    j: () => step(1),
    k: () => step(-1),
    Enter: ({ target }) => {
      const row = rows[at];
      // A link or a button under the focus has the key first.
      if (row === undefined || (target as Element).closest('a, button, summary') !== null) return false;
      go({ page, filters, id: idOf(row) });
      return true;
    },
  });
}

/** Whoever closes what is open stands at its row again. */
function useWayBack(scroller: RefObject<HTMLElement | null>, address: Address, onClosed: (id: string) => void): void {
  const before = useRef(address);
  useLayoutEffect(() => {
    const { page, id } = before.current;
    before.current = address;
    if (id === null || address.id !== null || page !== address.page) return;
    onClosed(id);
    const links = scroller.current?.querySelectorAll<HTMLAnchorElement>('.body a') ?? [];
    [...links].find((link) => link.hash === hrefOf({ ...address, id }))?.focus();
  });
}

/** The row that the keys are at has the focus: so Enter opens it, and it is read out. */
function useFocusAt(scroller: RefObject<HTMLElement | null>, at: number): void {
  // Before anything is painted: Enter would still open the row before.
  useLayoutEffect(() => {
    if (at < 0) return undefined;
    const link = () => scroller.current?.querySelector<HTMLElement>('[data-at="true"] a');
    const drawn = link();
    drawn?.focus({ preventScroll: true });
    if (drawn) return undefined;
    // It is drawn where the list scrolls to; until then Enter is the list's own.
    if (scroller.current?.contains(document.activeElement)) (document.activeElement as HTMLElement).blur();
    const frame = requestAnimationFrame(() => link()?.focus({ preventScroll: true }));
    return () => cancelAnimationFrame(frame);
  }, [scroller, at]);
}

function templateOf<Row>(columns: readonly Column<Row>[]): Record<string, string> {
  return { '--columns': columns.map(({ width }) => width).join(' ') };
}
