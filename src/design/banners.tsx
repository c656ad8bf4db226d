import { useEffect, useRef, useState } from 'react';
import type { Facts } from './facts.ts';
import { DATES } from './texts/language.ts';
import { shared } from './texts/shared.ts';

const ASK_EVERY_MS = 5_000;
const DAY_MS = 86_400_000;
const { banners: words } = shared;

type Trouble = 'away' | 'database' | 'plivo' | 'worker';
type Since = Partial<Record<Trouble, number>>;

interface Banner {
  facts: Facts;
  /** Whether all times are shown in UTC. */
  isUtc?: boolean;
  /** Where the page itself says that nobody answers. */
  isAwaySaid?: boolean;
  /** Something has gone away or come back. */
  onChange?: () => void;
}

/** What everybody must know, whatever page they look at: nothing while all is well. */
export function Banners({ facts, isUtc = false, isAwaySaid = false, onChange }: Banner) {
  const since = useTrouble();
  useChanged(Object.keys(since).toSorted().join(), onChange);
  const told = (Object.keys(since) as Trouble[]).filter((kind) => !(isAwaySaid && kind === 'away'));
  return (
    <div className="banners" role="status">
      {facts.provider === 'simulator' && facts.isProduction && (
        <p className="banner" data-kind="failed">
          {words.production}
        </p>
      )}
      {told.map((kind) => (
        <p key={kind} className="banner" data-kind="ringing">
          {words[kind](when(since[kind] ?? 0, isUtc))}
        </p>
      ))}
    </div>
  );
}

/** As the probe says it. Since when, where it does not know that: as far as this page has seen. */
function useTrouble(): Since {
  const [since, set] = useState<Since>({});
  useEffect(() => {
    const look = async (): Promise<void> => {
      const found = await askReadiness();
      set((before) =>
        Object.fromEntries(
          Object.entries(found).map(([kind, at]) => [kind, at ?? before[kind as Trouble] ?? Date.now()]),
        ),
      );
    };
    void look();
    const timer = setInterval(() => void look(), ASK_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return since;
}

function useChanged(kinds: string, onChange: Banner['onChange']): void {
  const before = useRef(kinds);
  useEffect(() => {
    if (before.current === kinds) return;
    before.current = kinds;
    onChange?.();
  }, [kinds, onChange]);
}

interface Ready {
  checks?: { database?: string; workers?: string };
  away?: { database?: string | null; plivo?: string | null };
}

async function askReadiness(): Promise<Partial<Record<Trouble, number | null>>> {
  try {
    const answer = await fetch('./readyz?verbose', { cache: 'no-store', headers: { accept: 'application/json' } });
    const { checks, away } = (await answer.json()) as Ready;
    const isDatabaseAway = checks?.database === 'unreachable';
    return {
      ...(isDatabaseAway && { database: instantOf(away?.database) }),
      ...(!answer.ok && !isDatabaseAway && { away: null }),
      ...(away?.plivo && { plivo: instantOf(away.plivo) }),
      ...(checks?.workers === 'none' && { worker: null }),
    };
  } catch {
    return { away: null };
  }
}

function instantOf(text: string | null | undefined): number | null {
  return text === null || text === undefined ? null : Date.parse(text);
}

/** With its date where that is not today's. */
function when(at: number, isUtc: boolean): string {
  const date = Math.abs(Date.now() - at) < DAY_MS / 2 ? {} : ({ day: 'numeric', month: 'short' } as const);
  const text = new Date(at).toLocaleString(DATES, {
    ...date,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    ...(isUtc && { timeZone: 'UTC' }),
  });
  return isUtc ? shared.utc(text) : text;
}
