import type { ReactNode } from 'react';
import { tell } from './toasts.tsx';

/**
 * A button that may not be everybody's. `refusal`: why it is not; null where it is. Whose it is not can still come to it, and is told who may: a button that is `disabled`
 * takes no focus and no touch, and what stands in its title is read by who has a mouse.
 */
export function RoleButton({
  refusal,
  className = 'button',
  label,
  title,
  isBusy = false,
  onClick,
  children,
}: {
  refusal: string | null;
  className?: string;
  label?: string | undefined;
  title?: string;
  /** What it does is being done. */
  isBusy?: boolean;
  onClick: () => void;
  children: ReactNode;
}) {
  return (
    <button
      type="button"
      className={className}
      disabled={isBusy}
      aria-disabled={refusal !== null || undefined}
      aria-label={label}
      title={refusal ?? title}
      onClick={refusal === null ? onClick : () => tell(refusal)}
    >
      {children}
    </button>
  );
}
