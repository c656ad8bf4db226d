import type { Facts } from '../../design/facts.ts';
import { Icon } from '../../design/icons.tsx';
import { Chip } from '../../design/small-parts.tsx';
import { shared } from '../../design/texts/shared.ts';
import { frame } from '../../design/texts/console/frame.ts';
import { hrefOf } from '../address.ts';
import { Mark } from '../parts/outcome.tsx';
import { titleOf, type Place } from '../places.ts';
import { useCounts } from './counts.ts';

/** The pages by what one comes for. */
export function SideBar({ facts, places, page }: { facts: Facts; places: readonly Place[]; page: string }) {
  return (
    <aside className="side-bar">
      <a className="brand" href={hrefOf({ page: places[0]?.path ?? '' })}>
        <Icon name="brand" size={22} />
        {shared.brand}
        {facts.provider === 'simulator' && (
          <Chip kind="ringing" title={shared.simulatorTitle}>
            {shared.simulator}
          </Chip>
        )}
      </a>
      <nav aria-label={frame.navigation}>
        <PlaceGroups places={places} page={page} />
      </nav>
      <p className="tiny soft version number">{facts.version}</p>
    </aside>
  );
}

export function PlaceGroups({ places, page, onGo }: { places: readonly Place[]; page: string; onGo?: () => void }) {
  const counts = useCounts(places);
  const groups = [...new Set(places.map(({ group }) => group))];
  return groups.map((group) => (
    <div key={group} className="group">
      <h2 className="tiny soft">{frame.groups[group]}</h2>
      <ul>
        {places
          .filter((place) => place.group === group)
          .map((place) => (
            <li key={place.path}>
              <a
                className="place"
                href={hrefOf({ page: place.path })}
                onClick={onGo}
                {...(place.path === page && { 'aria-current': 'page' as const })}
              >
                <Icon name={place.icon} />
                {titleOf(place)}
                <Count count={counts[place.path]} />
              </a>
            </li>
          ))}
      </ul>
    </div>
  ));
}

function Count({ count }: { count: { text: string; isBad: boolean } | undefined }) {
  if (count === undefined) return null;
  return (
    <span className="count figures tiny" data-bad={count.isBad}>
      {count.isBad && <Mark kind="failed" />}
      {count.text}
    </span>
  );
}
