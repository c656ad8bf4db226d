import { useState, type ReactNode } from 'react';
import { Dialog } from '../../../design/small-parts.tsx';
import { numbers as words } from '../../../design/texts/console/numbers.ts';
import { Failure } from '../../parts/failure.tsx';
import { RoleButton } from '../../parts/role-button.tsx';
import { refusalFor, useMe } from '../../reach/me.ts';

/** A button, for admins, that opens a form; what the service refuses is shown in it, and what was typed stays. */
export function AskedForm({
  name,
  lead,
  isReady,
  run,
  failed,
  children,
}: {
  name: string;
  lead: string;
  isReady: boolean;
  run: () => Promise<void>;
  /** What is shown instead of the failure as it is; null leaves it. */
  failed?: (error: unknown) => ReactNode;
  children: ReactNode;
}) {
  const me = useMe();
  const [isOpen, setIsOpen] = useState(false);
  const [state, setState] = useState<'asking' | 'working' | { error: unknown }>('asking');
  const close = (): void => {
    setIsOpen(false);
    setState('asking');
  };
  const doIt = async (): Promise<void> => {
    setState('working');
    try {
      await run();
      close();
    } catch (error) {
      setState({ error });
    }
  };
  return (
    <>
      <RoleButton refusal={refusalFor(me, [])} onClick={() => setIsOpen(true)}>
        {name}
      </RoleButton>
      <Dialog isOpen={isOpen} title={name} onClose={close}>
        <form
          className="question"
          onSubmit={(event) => {
            event.preventDefault();
            if (isReady && state !== 'working') void doIt();
          }}
        >
          <p>{lead}</p>
          {children}
          {typeof state === 'object' && (failed?.(state.error) ?? <Failure error={state.error} what={name} />)}
          <Answers name={name} isReady={isReady} isWorking={state === 'working'} onCancel={close} />
        </form>
      </Dialog>
    </>
  );
}

function Answers({
  name,
  isReady,
  isWorking,
  onCancel,
}: {
  name: string;
  isReady: boolean;
  isWorking: boolean;
  onCancel: () => void;
}) {
  return (
    <div className="answers">
      <button type="button" className="button" onClick={onCancel}>
        {words.cancel}
      </button>
      <button type="submit" className="button main" disabled={!isReady || isWorking}>
        {isWorking ? words.working : name}
      </button>
    </div>
  );
}
