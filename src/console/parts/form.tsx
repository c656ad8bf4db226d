import { useId, useState, type ReactNode } from 'react';
import { Command, Dialog } from '../../design/small-parts.tsx';
import { forms } from '../../design/texts/console/forms.ts';
import type { Role } from '../reach/answers.ts';
import { refusalFor, useMe } from '../reach/me.ts';
import { Failure } from './failure.tsx';
import { RoleButton } from './role-button.tsx';
import './form.css';

interface Form {
  /** What the button and the dialog say, such as `Add an operator`. */
  name: string;
  /** What the button is called where several on a page have this name. */
  label?: string;
  roles: readonly Role[];
  isMain?: boolean;
  /** What it is for, above the fields. */
  lead?: ReactNode;
  /** Fields by name. */
  children: ReactNode;
  /** What the button below what came of it says; left out: that it has been kept. */
  done?: string;
  /** What comes of it is shown in place of the form until somebody closes it: a token, for example. Null closes at once. */
  run: (given: FormData) => Promise<ReactNode>;
}

/** A form in a dialog behind a button. Who may not use it sees why, instead of a form that fails. */
export function FormDeed({ name, label, roles, isMain = false, lead, done = forms.done, children, run }: Form) {
  const me = useMe();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <RoleButton
        refusal={refusalFor(me, roles)}
        className={isMain ? 'button main' : 'button'}
        label={label}
        onClick={() => setIsOpen(true)}
      >
        {name}
      </RoleButton>
      <Dialog isOpen={isOpen} title={name} onClose={() => setIsOpen(false)}>
        <Filled name={name} lead={lead} done={done} run={run} onDone={() => setIsOpen(false)}>
          {children}
        </Filled>
      </Dialog>
    </>
  );
}

function Filled({
  name,
  lead,
  done,
  children,
  run,
  onDone,
}: Pick<Form, 'name' | 'children' | 'run'> & { lead: ReactNode; done: string; onDone: () => void }) {
  const [state, setState] = useState<'asking' | 'working' | { error: unknown } | { result: ReactNode }>('asking');
  const doIt = async (given: FormData): Promise<void> => {
    setState('working');
    try {
      const result = await run(given);
      if (result === null) onDone();
      else setState({ result });
    } catch (error) {
      setState({ error });
    }
  };
  if (typeof state === 'object' && 'result' in state)
    return (
      <div className="question">
        {state.result}
        <div className="answers">
          <button type="button" className="button main" onClick={onDone}>
            {done}
          </button>
        </div>
      </div>
    );
  return (
    <form
      className="question"
      onSubmit={(event) => {
        event.preventDefault();
        if (state !== 'working') void doIt(new FormData(event.currentTarget));
      }}
    >
      {lead !== undefined && <p className="small">{lead}</p>}
      {children}
      {typeof state === 'object' && <Failure error={state.error} what={name} />}
      <div className="answers">
        <button type="button" className="button" onClick={onDone}>
          {forms.cancel}
        </button>
        <button type="submit" className="button main" disabled={state === 'working'}>
          {state === 'working' ? forms.working : name}
        </button>
      </div>
    </form>
  );
}

/** A text that is typed. `hint` says what it must be like. */
export function Field({
  name,
  label,
  hint,
  isRequired = false,
  isSecret = false,
  isMarked = true,
  ...more
}: {
  name: string;
  label: string;
  hint?: string;
  isRequired?: boolean;
  isSecret?: boolean;
  /** Whether it says that it may stay empty. */
  isMarked?: boolean;
  defaultValue?: string;
  maxLength?: number;
  placeholder?: string;
  inputMode?: 'numeric' | 'decimal' | 'tel' | 'url';
}) {
  const field = useId();
  return (
    <div className="field">
      <label htmlFor={field}>
        {label}
        {!isRequired && isMarked && <span className="soft tiny"> {forms.optional}</span>}
      </label>
      <input
        id={field}
        name={name}
        type={isSecret ? 'password' : 'text'}
        autoComplete="off"
        spellCheck={false}
        required={isRequired}
        aria-describedby={hint === undefined ? undefined : `${field}-hint`}
        {...more}
      />
      {hint !== undefined && (
        <p id={`${field}-hint`} className="soft tiny">
          {hint}
        </p>
      )}
    </div>
  );
}

/** One of a few words. */
export function Choice({
  name,
  label,
  options,
  defaultValue,
  hint,
}: {
  name: string;
  label: string;
  options: readonly (readonly [value: string, words: string])[];
  defaultValue?: string;
  hint?: string;
}) {
  const field = useId();
  return (
    <div className="field">
      <label htmlFor={field}>{label}</label>
      <select id={field} name={name} defaultValue={defaultValue}>
        {options.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
      {hint !== undefined && <p className="soft tiny">{hint}</p>}
    </div>
  );
}

/** Some of a few words, at least one. */
export function Choices({
  name,
  label,
  options,
}: {
  name: string;
  label: string;
  options: readonly (readonly [value: string, words: string])[];
}) {
  return (
    <fieldset className="field choices">
      <legend>{label}</legend>
      {options.map(([value, words]) => (
        <label key={value} className="check">
          <input type="checkbox" name={name} value={value} defaultChecked />
          {words}
        </label>
      ))}
    </fieldset>
  );
}

/** What a field holds, without what stands around it; null where nothing does. */
export function typedIn(given: FormData, name: string): string | null {
  const value = given.get(name);
  const text = typeof value === 'string' ? value.trim() : '';
  return text === '' ? null : text;
}

/** A token or secret that is shown this once. `lost`: what to do when it is. */
export function ShownOnce({ text, what, lost }: { text: string; what: string; lost: string }) {
  return (
    <>
      <p className="banner" data-kind="ringing">
        {forms.once.lead}
      </p>
      <Command text={text} what={what} />
      <p className="soft small">{lost}</p>
    </>
  );
}
