import type { ReactNode } from 'react';
import { Banners } from './banners.tsx';
import type { Facts } from './facts.ts';
import { Icon } from './icons.tsx';
import { useKept } from './kept.ts';
import { Chip } from './small-parts.tsx';
import { texts } from './texts/index.ts';
import { THEMES, theme, type Theme } from './theme.ts';

const { shared } = texts;

/** What surrounds every page: whose it is, the ways to the others, what holds for all of them. */
export function Frame({
  facts,
  page,
  end,
  children,
}: {
  facts: Facts;
  page: 'start' | 'phones';
  end?: ReactNode;
  children: ReactNode;
}) {
  const isSimulator = facts.provider === 'simulator';
  return (
    <>
      <a className="skip" href="#content">
        {shared.skip}
      </a>
      <header className="bar">
        <a className="brand" href="./">
          <Icon name="brand" size={22} />
          {shared.brand}
        </a>
        {isSimulator ? (
          <Chip kind="ringing" title={shared.simulatorTitle}>
            {shared.simulator}
          </Chip>
        ) : (
          <Chip>{shared.plivo}</Chip>
        )}
        <nav aria-label={shared.navigation}>
          <ul className="small">
            <Way href="./" name={shared.pages.start} isHere={page === 'start'} />
            {isSimulator && <Way href="./phones" name={shared.pages.phones} isHere={page === 'phones'} />}
            <Way href="./docs" name={shared.pages.docs} isHere={false} />
          </ul>
        </nav>
        <div className="end">
          {end}
          <ThemeChoice />
        </div>
      </header>
      <Banners facts={facts} isAwaySaid />
      <main id="content" tabIndex={-1}>
        {children}
      </main>
    </>
  );
}

function Way({ href, name, isHere }: { href: string; name: string; isHere: boolean }) {
  return (
    <li>
      <a href={href} {...(isHere && { 'aria-current': 'page' as const })}>
        {name}
      </a>
    </li>
  );
}

function ThemeChoice() {
  const chosen = useKept(theme);
  return (
    <select
      aria-label={shared.theme.label}
      title={shared.theme.label}
      value={chosen}
      onChange={({ target }) => theme.set(target.value as Theme)}
    >
      {THEMES.map((one) => (
        <option key={one} value={one}>
          {shared.theme[one]}
        </option>
      ))}
    </select>
  );
}
