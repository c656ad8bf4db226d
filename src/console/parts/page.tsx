import { useEffect, useLayoutEffect, useRef, type ReactNode } from 'react';
import { Icon } from '../../design/icons.tsx';
import { frame } from '../../design/texts/console/frame.ts';
import { parts } from '../../design/texts/console/parts.ts';
import { go, useAddress } from '../address.ts';
import { useKeys } from './keys.ts';

/** A page that scrolls as a whole. */
export function PlainPage({ title, end, children }: { title: string; end?: ReactNode; children: ReactNode }) {
  useTitle(title);
  return (
    <div className="page plain-page">
      <PageHead title={title} end={end} />
      {children}
    </div>
  );
}

/** A list, and beside it from 1100 px on what is open of it; below that, what is open takes the page. */
export function ListPage({
  title,
  lead,
  end,
  filters,
  list,
  detail,
}: {
  title: string;
  /** What the list is of, where its title does not say it. */
  lead?: string;
  end?: ReactNode;
  filters?: ReactNode;
  list: ReactNode;
  /** Of the id that stands in the address. */
  detail?: (id: string) => ReactNode;
}) {
  useTitle(title);
  const { id } = useAddress();
  const isOpen = id !== null && detail !== undefined;
  return (
    <div className="page list-page" data-open={isOpen}>
      {/* Where what is open takes the page, its heading is under this one. */}
      {isOpen && <h1 className="unseen narrow-title">{title}</h1>}
      <section className="list-side" aria-label={title}>
        <PageHead title={title} end={end} />
        {lead !== undefined && <p className="lead small soft">{lead}</p>}
        {filters}
        {list}
      </section>
      {isOpen && (
        <section className="detail-side" key={id}>
          {detail(id)}
        </section>
      )}
    </div>
  );
}

function PageHead({ title, end }: { title: string; end: ReactNode }) {
  return (
    <header className="page-head">
      <h1>{title}</h1>
      {end !== undefined && <div className="end">{end}</div>}
    </header>
  );
}

/** What is open of a list. Esc closes it. */
export function Detail({
  title,
  under,
  actions,
  children,
}: {
  title: ReactNode;
  under?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  const { page, filters } = useAddress();
  const head = useRef<HTMLHeadingElement>(null);
  // Painted without it, somebody might be at a field of it already.
  useLayoutEffect(() => head.current?.focus({ preventScroll: true }), []);
  const close = (): void => go({ page, filters });
  useKeys({ Escape: close });
  return (
    <article className="detail">
      <header>
        <button type="button" className="button quiet back" onClick={close}>
          <Icon name="left" />
          {parts.detail.back}
        </button>
        <div className="line">
          <h2 ref={head} tabIndex={-1}>
            {title}
          </h2>
          <button
            type="button"
            className="button quiet square close"
            onClick={close}
            aria-label={parts.detail.close}
            title={`${parts.detail.close} (Esc)`}
          >
            <Icon name="close" />
          </button>
        </div>
        {under !== undefined && <div className="under">{under}</div>}
        {actions !== undefined && <div className="actions">{actions}</div>}
      </header>
      <div className="detail-body">{children}</div>
    </article>
  );
}

/** A part of a detail, with its name above; `level` 2 on a page without one. */
export function Section({
  title,
  level = 3,
  end,
  children,
}: {
  title: string;
  level?: 2 | 3;
  end?: ReactNode;
  children: ReactNode;
}) {
  const Heading = `h${level}` as const;
  return (
    <section className="section">
      <header>
        <Heading>{title}</Heading>
        {end}
      </header>
      {children}
    </section>
  );
}

function useTitle(title: string): void {
  useEffect(() => {
    document.title = frame.title(title);
  }, [title]);
}
