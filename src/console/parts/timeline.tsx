import type { ReactNode } from 'react';
import type { TimelineEntry } from '../reach/answers.ts';
import { dayOf, useZone } from './clock.ts';
import { DayOf, TimeOfDay } from './facts.tsx';

/** What happened, when and why, downward in time. The day stands where it changes. `link`: where the first entry of a call leads. */
export function Timeline({
  entries,
  link,
}: {
  entries: readonly TimelineEntry[];
  link?: (callId: string) => ReactNode;
}) {
  const chosen = useZone();
  return (
    <ol className="timeline">
      {entries.map((entry, place) => {
        const before = entries[place - 1];
        const isNewDay = before === undefined || day(before, chosen) !== day(entry, chosen);
        const isNewCall = entry.call_id !== undefined && entry.call_id !== before?.call_id;
        return (
          <li key={`${entry.at} ${entry.what} ${place}`}>
            <span className="at small soft figures">
              {isNewDay && <DayOf at={entry.at} />}
              <TimeOfDay at={entry.at} digits={1} />
            </span>
            <span className="what">
              {sentence(entry.what)}
              {entry.why !== undefined && <span className="soft small why">{sentence(entry.why)}</span>}
              {isNewCall && link?.(entry.call_id ?? '')}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

function day({ at }: TimelineEntry, chosen: 'local' | 'utc'): string {
  return dayOf(new Date(at), chosen);
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
