import { useState } from 'react';
import { alerts } from '../../../design/texts/console/alerts.ts';
import { parts } from '../../../design/texts/console/parts.ts';
import { api } from '../../api.ts';
import { toldOf } from '../../parts/failure.tsx';
import { RoleButton } from '../../parts/role-button.tsx';
import { tell } from '../../parts/toasts.tsx';
import { refusalFor, useMe } from '../../reach/me.ts';

const { test: words } = alerts;

/** Sends a test: it changes nothing, so it asks nothing. */
export function TryOut({ id, onDone }: { id: string; onDone: () => void }) {
  const me = useMe();
  const [isWorking, setIsWorking] = useState(false);
  const tryOut = async (): Promise<void> => {
    setIsWorking(true);
    try {
      await api('post', '/admin/subscriptions/{id}/test', { path: { id } });
      tell(words.done);
      onDone();
    } catch (error) {
      tell(`${parts.failure.title(words.name)}. ${toldOf(error).detail}`, { kind: 'failed' });
    }
    setIsWorking(false);
  };
  return (
    <RoleButton refusal={refusalFor(me, [])} isBusy={isWorking} onClick={() => void tryOut()}>
      {words.name}
    </RoleButton>
  );
}
