import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Banners } from '../../design/banners.tsx';
import type { Facts } from '../../design/facts.ts';
import { frame } from '../../design/texts/console/frame.ts';
import { setServiceTime } from '../parts/clock.ts';
import { Failure } from '../parts/failure.tsx';
import { ask, Refused } from '../reach/ask.ts';
import { onOtherTab, tellOtherTabs } from '../reach/other-tabs.ts';
import type { Me } from '../reach/answers.ts';
import { ConsoleFrame } from './console-frame.tsx';
import { SignIn } from './sign-in.tsx';

const LOOK_AT_CLOCK_EVERY_MS = 30_000;

/** Lets in who is signed in, and asks everybody else to. */
export function Entrance({ facts }: { facts: Facts }) {
  const client = useQueryClient();
  useSimulatedClock(facts.provider === 'simulator');
  useEffect(() => onOtherTab(() => location.reload()), []);
  const { data, error, refetch } = useQuery({
    queryKey: ['me'],
    queryFn: () => ask<Me>('/me'),
    staleTime: Infinity,
    // Whoever comes back to a tab of this morning is told at once that the login is over.
    refetchOnWindowFocus: 'always',
  });
  if (error instanceof Refused && error.status === 401)
    return (
      <>
        <Banners facts={facts} />
        <SignIn
          isOver={data !== undefined || error.code === 'login_over'}
          onSignedIn={() => {
            client.clear();
            tellOtherTabs();
            void refetch();
          }}
        />
      </>
    );
  if (data !== undefined) return <ConsoleFrame facts={facts} me={data} />;
  if (error !== null)
    return (
      <>
        <Banners facts={facts} />
        <main className="alone">
          <Failure error={error} what={frame.signIn.title} onAgain={() => void refetch()} />
        </main>
      </>
    );
  return <main className="alone" aria-busy="true" />;
}

/** A simulated clock may have been moved ahead of everybody else's. */
function useSimulatedClock(isSimulated: boolean): void {
  useEffect(() => {
    if (!isSimulated) return undefined;
    const look = (): void =>
      void fetch('./simulator/control/clock')
        .then(async (answer) => {
          if (answer.ok) setServiceTime(Date.parse(((await answer.json()) as { now: string }).now));
        })
        .catch(() => undefined);
    look();
    const timer = setInterval(look, LOOK_AT_CLOCK_EVERY_MS);
    return () => clearInterval(timer);
  }, [isSimulated]);
}
