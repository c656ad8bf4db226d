import { useKept } from '../../design/kept.ts';
import { letters } from '../../design/letters.ts';
import { Dialog } from '../../design/small-parts.tsx';
import { frame } from '../../design/texts/console/frame.ts';
import { titleOf, type Place } from '../places.ts';

const { keys: words } = frame;

export function KeysDialog({
  places,
  maySearch,
  isOpen,
  onClose,
}: {
  places: readonly Place[];
  maySearch: boolean;
  isOpen: boolean;
  onClose: () => void;
}) {
  const areLettersOn = useKept(letters) === 'on';
  const list = words.list.filter(([key]) => maySearch || key !== '/');
  const rows = [...list, ...places.map((place) => [`g ${place.letter}`, titleOf(place)] as const)];
  return (
    <Dialog isOpen={isOpen} title={words.title} onClose={onClose}>
      <p className="small soft">{words.lead}</p>
      <label className="check small">
        <input
          type="checkbox"
          checked={areLettersOn}
          onChange={({ target }) => letters.set(target.checked ? 'on' : 'off')}
        />
        {words.single}
      </label>
      <dl className="key-list small">
        {rows.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              <kbd className="bare-key">{keys}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
