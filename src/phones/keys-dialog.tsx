import { useKept } from '../design/kept.ts';
import { letters } from '../design/letters.ts';
import { CopyButton, Dialog } from '../design/small-parts.tsx';
import { texts } from '../design/texts/index.ts';
import { commandOf, type Act } from './acts.ts';
import { useScene } from './use-scene.ts';

const { keysDialog: words } = texts.inspector;

/** Every deed with its key and its line for a terminal. */
export function KeysDialog({ acts, isOpen, onClose }: { acts: readonly Act[]; isOpen: boolean; onClose: () => void }) {
  const { state, scene } = useScene();
  const areLettersOn = useKept(letters) === 'on';
  return (
    <Dialog isOpen={isOpen} title={words.title} onClose={onClose}>
      <p className="small soft">{words.lead}</p>
      <p className="small soft">{words.tabs}</p>
      <label className="check small">
        <input
          type="checkbox"
          checked={areLettersOn}
          onChange={({ target }) => letters.set(target.checked ? 'on' : 'off')}
        />
        {words.single}
      </label>
      <table className="keys small">
        <thead>
          <tr>
            <th scope="col">{words.key}</th>
            <th scope="col">{words.what}</th>
            <th scope="col">{words.command}</th>
          </tr>
        </thead>
        <tbody>
          {acts.map((act) => {
            const command = commandOf(act, state, scene, scene.account);
            return (
              <tr key={act.key}>
                <td>
                  <kbd className="bare-key">{act.key.toUpperCase()}</kbd>
                </td>
                <td>{act.name}</td>
                <td>
                  {command !== null && (
                    <span className="line">
                      <code>{command}</code>
                      <CopyButton text={command} what={act.name} />
                    </span>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Dialog>
  );
}
