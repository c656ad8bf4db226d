import { useState } from 'react';
import type { Facts } from '../../design/facts.ts';
import { Icon } from '../../design/icons.tsx';
import { Dialog } from '../../design/small-parts.tsx';
import { frame } from '../../design/texts/console/frame.ts';
import { hrefOf } from '../address.ts';
import { titleOf, type Place } from '../places.ts';
import type { Me } from '../reach/answers.ts';
import { PlaceGroups } from './side-bar.tsx';
import { Choices, You } from './top-bar.tsx';

const SHOWN = 3;

/** Where it is narrow: three pages, the search for who may search, and everything else. */
export function BottomBar({
  facts,
  me,
  places,
  page,
  onSearch,
}: {
  facts: Facts;
  me: Me;
  places: readonly Place[];
  page: string;
  onSearch: (() => void) | null;
}) {
  const [isOpen, setIsOpen] = useState(false);
  const shown = places.slice(0, SHOWN);
  const isElsewhere = !shown.some(({ path }) => path === page);
  return (
    <nav className="bottom-bar" aria-label={frame.navigation}>
      {shown.map((place) => (
        <a
          key={place.path}
          href={hrefOf({ page: place.path })}
          {...(place.path === page && { 'aria-current': 'page' as const })}
        >
          <Icon name={place.icon} size={22} />
          {titleOf(place)}
        </a>
      ))}
      {onSearch !== null && (
        <button type="button" onClick={onSearch}>
          <Icon name="search" size={22} />
          {frame.search.short}
        </button>
      )}
      <button type="button" aria-haspopup="dialog" data-current={isElsewhere} onClick={() => setIsOpen(true)}>
        <Icon name="more" size={22} />
        {frame.more}
      </button>
      <Dialog isOpen={isOpen} title={frame.more} onClose={() => setIsOpen(false)}>
        <div className="more-places">
          <PlaceGroups places={places} page={page} onGo={() => setIsOpen(false)} />
          <div className="choices">
            <Choices />
          </div>
          <You me={me} />
          <p className="tiny soft number">{facts.version}</p>
        </div>
      </Dialog>
    </nav>
  );
}
