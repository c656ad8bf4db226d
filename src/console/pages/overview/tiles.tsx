import type { ReactNode } from 'react';
import { overview } from '../../../design/texts/console/overview.ts';
import { hrefOf } from '../../address.ts';
import { dayOf, serviceNow, useZone } from '../../parts/clock.ts';
import { countText, percentText, RoundMoney } from '../../parts/facts.tsx';
import { useLiveCalls } from '../../parts/use-live-calls.ts';
import { useOne } from '../../parts/use-one.ts';
import type { Page } from '../../parts/use-rows.ts';
import type { PoolFigure } from '../../reach/answers.ts';
import { COUNTED, useDays, usePool } from './figures.ts';

const { tiles: words } = overview;

export function Tiles({ isReader }: { isReader: boolean }) {
  return (
    <ul className="tiles">
      {isReader && <CallsNow />}
      <Today />
      {isReader && <Spare />}
      {isReader && <Callbacks />}
      <TextsToday />
      <CostToday />
    </ul>
  );
}

function Tile({ name, under, href, children }: { name: string; under: ReactNode; href: string; children: ReactNode }) {
  return (
    <li>
      <a className="card tile" href={href}>
        <span className="small soft">{name}</span>
        <strong className="figures">{children}</strong>
        <span className="small soft">{under || '\u00a0'}</span>
      </a>
    </li>
  );
}

/** The page's figures come one by one: until one is there, its place is. What could not be asked is not known, which is no nought. */
function Late({ error }: { error: unknown }) {
  return error === null ? <span aria-hidden="true">…</span> : <span>{words.unknown}</span>;
}

/** `100+` where there are more than were counted. */
function countedText({ items, next_cursor: next }: Page<unknown>) {
  return next === null ? countText(items.length) : words.atLeast(countText(COUNTED));
}

function liveText({ sessions, is_all: isAll }: { sessions: number; is_all: boolean }) {
  return isAll ? countText(sessions) : words.atLeast(countText(sessions));
}

function CallsNow() {
  const { body, error } = useLiveCalls();
  const pool = usePool();
  const live = pool.body?.items.map(({ live_sessions: count }) => count) ?? [];
  const known = live.filter((count) => count !== null);
  return (
    <Tile
      name={words.now}
      href={hrefOf({ page: 'sessions', filters: { status: 'in-progress' } })}
      under={known.length > 0 && words.nowUnder(countText(known.reduce((all, count) => all + count, 0)))}
    >
      {body === undefined ? <Late error={error} /> : liveText(body)}
    </Tile>
  );
}

function useToday() {
  const zone = useZone();
  const { body, error } = useDays(zone);
  const today = dayOf(new Date(serviceNow()), zone);
  return { today: body === undefined ? undefined : (body.items.find(({ key }) => key === today) ?? null), error };
}

function Today() {
  const { today, error } = useToday();
  return (
    <Tile
      name={words.today}
      href={hrefOf({ page: 'calls', filters: { when: 'today' } })}
      under={
        today === undefined
          ? null
          : today && today.calls > 0
            ? words.rate(percentText(today.connected / today.calls))
            : words.none
      }
    >
      {today === undefined ? <Late error={error} /> : countText(today?.calls ?? 0)}
    </Tile>
  );
}

/** Not there until somebody has written one: most installations have none. */
function TextsToday() {
  const { today } = useToday();
  const { messages = 0, messages_delivered: delivered = 0 } = today ?? {};
  if (messages === 0) return null;
  return (
    <Tile name={words.texts} href={hrefOf({ page: 'costs' })} under={words.delivered(countText(delivered))}>
      {countText(messages)}
    </Tile>
  );
}

function CostToday() {
  const { today, error } = useToday();
  return (
    <Tile
      name={words.cost}
      href={hrefOf({ page: 'costs' })}
      under={today && words.minutes(countText(Math.round(today.minutes)))}
    >
      {today === undefined ? (
        <Late error={error} />
      ) : (
        <RoundMoney amount={today?.total_amount ?? today?.amount ?? '0'} currency={today?.currency ?? 'USD'} />
      )}
    </Tile>
  );
}

/** Of the pool that is nearest to being too small. */
function Spare() {
  const { body, error } = usePool();
  const tightest = body?.items.toSorted(byHeadroom)[0];
  const under =
    tightest === undefined
      ? body && words.poolNone
      : tightest.headroom === null
        ? words.poolUnknown
        : words.poolUnder(tightest.country, countText(tightest.available));
  return (
    <Tile name={words.pool} href={hrefOf({ page: 'numbers' })} under={under}>
      {body === undefined ? <Late error={error} /> : tightest?.headroom == null ? '–' : countText(tightest.headroom)}
    </Tile>
  );
}

function byHeadroom(one: PoolFigure, other: PoolFigure): number {
  return (one.headroom ?? Infinity) - (other.headroom ?? Infinity);
}

function Callbacks() {
  const { body: parked, error } = useOne('/callbacks', { status: 'parked', limit: COUNTED }, ['callback']);
  const pending = useOne('/callbacks', { status: 'pending', limit: COUNTED }, ['callback']).body;
  return (
    <Tile
      name={words.callbacks}
      href={hrefOf({ page: 'callbacks', filters: { status: 'parked' } })}
      under={pending && words.callbacksUnder(countedText(pending))}
    >
      {parked === undefined ? <Late error={error} /> : countedText(parked)}
    </Tile>
  );
}
