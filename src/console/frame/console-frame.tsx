import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type ComponentType } from 'react';
import { Banners } from '../../design/banners.tsx';
import type { Facts } from '../../design/facts.ts';
import { shared } from '../../design/texts/shared.ts';
import { frame } from '../../design/texts/console/frame.ts';
import { go, hrefOf, useAddress } from '../address.ts';
import { Skeleton } from '../parts/empty.tsx';
import { Failure, PageNotLoaded } from '../parts/failure.tsx';
import { useZone } from '../parts/clock.ts';
import { useKeys } from '../parts/keys.ts';
import { PlainPage } from '../parts/page.tsx';
import { Toasts } from '../parts/toasts.tsx';
import { PLACES, titleOf, type Place } from '../places.ts';
import type { Me, Role } from '../reach/answers.ts';
import { mayDo } from '../reach/me.ts';
import { BottomBar } from './bottom-bar.tsx';
import { KeysDialog } from './keys-dialog.tsx';
import { PageBoundary } from './page-boundary.tsx';
import { SearchDialog } from './search-dialog.tsx';
import { SideBar } from './side-bar.tsx';
import { TopBar } from './top-bar.tsx';

const GO_WITHIN_MS = 1500;
/** Of whom `GET /admin/search` takes a question. */
const SEARCHERS: readonly Role[] = ['viewer', 'support'];

/** What surrounds every page of the console. */
export function ConsoleFrame({ facts, me }: { facts: Facts; me: Me }) {
  const { page } = useAddress();
  const client = useQueryClient();
  // What a quiet page says of what has gone away meanwhile would stand until an event.
  const askAnew = useCallback(() => void client.invalidateQueries(), [client]);
  const [dialog, setDialog] = useState<'search' | 'keys' | null>(null);
  // A browser says that a dialog is closed a moment later: another one may be open by then.
  const close = (closed: typeof dialog): void => setDialog((now) => (now === closed ? null : now));
  const places = useMemo(() => PLACES.filter(({ roles }) => mayDo(me, roles)), [me]);
  const maySearch = mayDo(me, SEARCHERS);
  const search = maySearch ? () => setDialog('search') : null;
  useFrameKeys({ places, maySearch, open: setDialog });
  const place = PLACES.find(({ path }) => path === page);
  return (
    <div className="console">
      <a className="skip" href="#content" onClick={focusContent}>
        {shared.skip}
      </a>
      <Banners facts={facts} isUtc={useZone() === 'utc'} onChange={askAnew} />
      <div className="around">
        <SideBar facts={facts} places={places} page={page} />
        <div className="across">
          <TopBar me={me} onSearch={search} onKeys={() => setDialog('keys')} />
          <main id="content" tabIndex={-1}>
            <Shown place={place} me={me} />
          </main>
        </div>
      </div>
      <BottomBar facts={facts} me={me} places={places} page={page} onSearch={search} />
      {maySearch && <SearchDialog isOpen={dialog === 'search'} onClose={() => close('search')} />}
      <KeysDialog places={places} maySearch={maySearch} isOpen={dialog === 'keys'} onClose={() => close('keys')} />
      <Toasts />
    </div>
  );
}

/** The address is behind the `#`: a link to an element would leave the page. */
function focusContent(event: { preventDefault: () => void }): void {
  event.preventDefault();
  document.getElementById('content')?.focus();
}

/** Whether the service has other files by now than those that this page is made of: loaded anew, it is what its address says. */
async function isUpgraded(): Promise<boolean> {
  const own = document.querySelector('script[src]')?.getAttribute('src') ?? '';
  try {
    const answer = await fetch('./console', { headers: { accept: 'text/html' }, cache: 'no-store' });
    return answer.ok && !(await answer.text()).includes(`"${own}"`);
  } catch {
    return false;
  }
}

const loaded = new Map<string, ComponentType>();

/** Not by Suspense: React shows what was waited for no sooner than 300 ms after the skeleton in its place, and a page's file is there after 20. */
function LoadedPage({ place }: { place: Place }) {
  const [Page, setPage] = useState<ComponentType | null>(() => loaded.get(place.path) ?? null);
  const [failure, setFailure] = useState<PageNotLoaded | null>(null);
  useEffect(() => {
    if (Page !== null || failure !== null) return undefined;
    let isShown = true;
    void place.load().then(
      ({ default: page }) => {
        loaded.set(place.path, page);
        if (isShown) setPage(() => page);
      },
      async (error: unknown) => {
        if (await isUpgraded()) location.reload();
        else if (isShown) setFailure(new PageNotLoaded(error));
      },
    );
    return () => {
      isShown = false;
    };
  }, [Page, failure, place]);
  if (Page !== null) return <Page />;
  return (
    <PlainPage title={titleOf(place)}>
      {failure === null ? (
        <Skeleton lines={12} />
      ) : (
        <Failure error={failure} what={titleOf(place)} onAgain={() => setFailure(null)} />
      )}
    </PlainPage>
  );
}

function Shown({ place, me }: { place: Place | undefined; me: Me }) {
  if (place === undefined)
    return (
      <PlainPage title={frame.notFound.title}>
        <p className="soft">{frame.notFound.text}</p>
        <WayOn />
      </PlainPage>
    );
  if (!mayDo(me, place.roles))
    return (
      <PlainPage title={titleOf(place)}>
        <p className="soft">{frame.notYours(me.role, [...place.roles, 'admin'])}</p>
        <WayOn />
      </PlainPage>
    );
  return (
    <PageBoundary key={place.path} title={titleOf(place)}>
      <LoadedPage place={place} />
    </PageBoundary>
  );
}

/** Where a link led to what is not there, or not for who followed it. */
function WayOn() {
  return (
    <a className="button" href={hrefOf({ page: PLACES[0]?.path ?? '' })}>
      {frame.toOverview}
    </a>
  );
}

function useFrameKeys({
  places,
  maySearch,
  open,
}: {
  places: readonly Place[];
  maySearch: boolean;
  open: (dialog: 'search' | 'keys') => void;
}): void {
  const goesUntil = useRef(0);
  const byLetter = Object.fromEntries(
    places.map(({ path, letter }) => [
      letter,
      ({ timeStamp }: KeyboardEvent) => {
        if (timeStamp > goesUntil.current) return false;
        goesUntil.current = 0;
        go({ page: path });
        return true;
      },
    ]),
  );
  useKeys({
    ...byLetter,
    ...(maySearch && { '/': () => open('search') }),
    '?': () => open('keys'),
    // When it was pressed, not when a busy page came to it.
    g: ({ timeStamp }) => {
      goesUntil.current = timeStamp + GO_WITHIN_MS;
    },
  });
  useLayoutEffect(() => {
    if (!maySearch) return undefined;
    const press = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      open('search');
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [maySearch, open]);
}
