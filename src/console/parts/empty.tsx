import type { ReactNode } from 'react';

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
