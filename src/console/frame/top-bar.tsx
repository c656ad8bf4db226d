import { useQueryClient } from '@tanstack/react-query';
import { Icon } from '../../design/icons.tsx';
import { useKept } from '../../design/kept.ts';
import { shared } from '../../design/texts/shared.ts';
import { frame } from '../../design/texts/console/frame.ts';
import { THEMES, theme, type Theme } from '../../design/theme.ts';
import { zone } from '../parts/clock.ts';
import { tell } from '../parts/toasts.tsx';
import { ask, Refused } from '../reach/ask.ts';
import { useLiveState } from '../reach/live.ts';
import { tellOtherTabs } from '../reach/other-tabs.ts';
import type { Me } from '../reach/answers.ts';

/** The search, and what holds for every page. */
export function TopBar({
  me,
  onSearch,
  onKeys,
}: {
  me: Me;
  /** Null for who may not search. */
  onSearch: (() => void) | null;
  onKeys: () => void;
}) {
  const live = useLiveState();
  return (
    <header className="top-bar">
      {onSearch !== null && (
        <button type="button" className="search-button" onClick={onSearch} aria-keyshortcuts="/ Control+K">
          <Icon name="search" />
          <span>{frame.search.button}</span>
          <kbd>/</kbd>
        </button>
      )}
      <div className="end">
        <span className="live tiny soft" data-state={live} title={frame.live.title}>
          {frame.live[live]}
        </span>
        <Choices />
        <button type="button" className="button quiet" onClick={onKeys} aria-keyshortcuts="?">
          {frame.keys.button}
        </button>
        <You me={me} />
      </div>
    </header>
  );
}

export function Choices() {
  const chosenZone = useKept(zone);
  const chosenTheme = useKept(theme);
  return (
    <>
      <select
        aria-label={frame.zone.label}
        title={frame.zone.label}
        value={chosenZone}
        onChange={({ target }) => zone.set(target.value as 'local' | 'utc')}
      >
        <option value="local">{frame.zone.local}</option>
        <option value="utc">{frame.zone.utc}</option>
      </select>
      <select
        aria-label={frame.theme}
        title={frame.theme}
        value={chosenTheme}
        onChange={({ target }) => theme.set(target.value as Theme)}
      >
        {THEMES.map((one) => (
          <option key={one} value={one}>
            {shared.theme[one]}
          </option>
        ))}
      </select>
    </>
  );
}

export function You({ me }: { me: Me }) {
  const client = useQueryClient();
  const signOut = async (): Promise<void> => {
    try {
      await ask('/logout', { method: 'POST' });
    } catch (error) {
      // Over already: that is what was asked for.
      if (!(error instanceof Refused && error.status === 401)) return tell(frame.stillSignedIn, { kind: 'failed' });
    }
    client.clear();
    tellOtherTabs();
    location.reload();
  };
  return (
    <span className="you small">
      <span className="soft">{frame.you(me.name, me.role)}</span>
      <button type="button" className="button quiet" onClick={() => void signOut()}>
        {frame.signOut}
      </button>
    </span>
  );
}
