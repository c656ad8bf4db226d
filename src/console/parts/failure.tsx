import { CopyButton } from '../../design/small-parts.tsx';
import { parts } from '../../design/texts/console/parts.ts';
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

/** What came back, and what to do about it. */
export function toldOf(error: unknown): Told {
  if (error instanceof Refused)
    return {
      detail: error.message,
      next: words.next[error.code] ?? (error.status >= 500 ? words.server : ''),
      code: words.status(error.status, error.code),
      requestId: error.requestId,
    };
  if (error instanceof PageNotLoaded)
    return { detail: words.notLoaded, next: words.notLoadedNext, code: null, requestId: null };
  // What fetch throws where nobody answers.
  if (error instanceof TypeError) return { detail: words.away, next: words.awayNext, code: null, requestId: null };
  return { detail: words.unknown, next: words.unknownNext, code: null, requestId: null };
}

/** What was tried, what came back, what to do, and by which id the log knows it. */
export function Failure({ error, what, onAgain }: { error: unknown; what: string; onAgain?: () => void }) {
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
            {words.requestId} <code>{requestId}</code>
            <CopyButton text={requestId} what={words.requestId} />
          </span>
        )}
      </p>
      {onAgain !== undefined && (
        <button type="button" className="button" onClick={onAgain}>
          {words.again}
        </button>
      )}
    </div>
  );
}
