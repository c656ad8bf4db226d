import type { ReactNode } from 'react';
import { CopyButton } from '../../design/small-parts.tsx';
import { parts } from '../../design/texts/console/parts.ts';
import { hrefOf, useAddress } from '../address.ts';
import { Refused } from '../reach/ask.ts';

const { failure: words } = parts;

interface Told {
  detail: string;
  next: string;
  code: string | null;
  requestId: string | null;
}

/** Its file did not come: nobody answers, or another version has other files. */
export class PageNotLoaded extends Error {
  constructor(cause: unknown) {
    super('the file of a page did not come', { cause });
  }
}

const BY_STATUS: Readonly<Record<number, string>> = { 404: 'not_found' };
/** Asked again, these are refused again. */
const FOR_GOOD = new Set([400, 403, 404]);

/** What came back, and what to do about it. */
export function toldOf(error: unknown): Told {
  if (error instanceof Refused)
    return {
      detail: error.message,
      next:
        words.next[error.code] ??
        (error.status >= 500 ? words.server : (words.next[BY_STATUS[error.status] ?? ''] ?? '')),
      code: words.status(error.status, error.code),
      requestId: error.requestId,
    };
  if (error instanceof PageNotLoaded)
    return { detail: words.notLoaded, next: words.notLoadedNext, code: null, requestId: null };
  // What fetch throws where nobody answers.
  if (error instanceof TypeError) return { detail: words.away, next: words.awayNext, code: null, requestId: null };
  return { detail: words.unknown, next: words.unknownNext, code: null, requestId: null };
}

/** Whether something is said in its place: not where the banner says that nobody answers, and what was last answered is still there to be shown. */
export function isToBeTold(error: unknown, body: unknown): boolean {
  if (error === null) return false;
  const isAway = error instanceof Refused ? error.status === 503 : error instanceof TypeError;
  return body === undefined || !isAway;
}

/** A list that did not come. What its filters say, by a link perhaps, is refused again each time it is asked for: without them it comes. */
export function FailedList({ error, what, onAgain }: { error: unknown; what: string; onAgain: () => void }) {
  const { page, filters } = useAddress();
  const isOfFilters = error instanceof Refused && error.code === 'invalid_request';
  if (!isOfFilters || Object.keys(filters).length === 0) return <Failure error={error} what={what} onAgain={onAgain} />;
  return (
    <Failure error={error} what={what}>
      <a className="button" href={hrefOf({ page })}>
        {parts.list.clear}
      </a>
    </Failure>
  );
}

/** What was tried, what came back, what to do, and by which id the log knows it. `children`: the way on, where it is another than to try again. */
export function Failure({
  error,
  what,
  onAgain,
  children,
}: {
  error: unknown;
  what: string;
  onAgain?: () => void;
  children?: ReactNode;
}) {
  const { detail, next, code, requestId } = toldOf(error);
  return (
    <div className="failure" role="alert">
      <strong>{words.title(what)}</strong>
      <p>{detail}</p>
      {next !== '' && <p className="soft">{next}</p>}
      <p className="soft tiny meta">
        {code !== null && <code>{code}</code>}
        {requestId !== null && (
          <span className="id">
            <span className="nowrap">{words.requestId}</span> <code className="breaks">{requestId}</code>
            <CopyButton text={requestId} what={words.requestId} />
          </span>
        )}
      </p>
      {onAgain !== undefined && !(error instanceof Refused && FOR_GOOD.has(error.status)) && (
        <button type="button" className="button" onClick={onAgain}>
          {words.again}
        </button>
      )}
      {children}
    </div>
  );
}
