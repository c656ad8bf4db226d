import type { ReactNode } from 'react';
import { parts } from '../../design/texts/console/parts.ts';
import { hrefOf, useAddress } from '../address.ts';

/** What would be here, why it is empty, and the next step. */
export function EmptyState({ what, why, children }: { what: string; why: string; children?: ReactNode }) {
  return (
    <div className="empty-state">
      <strong>{what}</strong>
      <p className="soft">{why}</p>
      {children}
    </div>
  );
}

/** Of a list: what the filters have left out, and the way back to all of it. `children`: the next step where there is nothing at all. */
export function EmptyList({
  words: { what, why, filtered },
  children,
}: {
  words: { what: string; why: string; filtered: string };
  children?: ReactNode;
}) {
  const { page, filters } = useAddress();
  const isFiltered = Object.keys(filters).length > 0;
  return (
    <EmptyState what={isFiltered ? parts.list.noneFits : what} why={isFiltered ? filtered : why}>
      {isFiltered ? (
        <a className="button" href={hrefOf({ page })}>
          {parts.list.clear}
        </a>
      ) : (
        children
      )}
    </EmptyState>
  );
}

/** As large as what will stand there, so that nothing jumps. */
export function Skeleton({ lines }: { lines: number }) {
  return (
    <div className="skeleton" aria-hidden="true">
      {Array.from({ length: lines }, (_, place) => (
        <span key={place} />
      ))}
    </div>
  );
}
