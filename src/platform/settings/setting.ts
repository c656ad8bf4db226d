/** How a setting's text is read. `integer` and `choice` carry what they accept; the others have one format each. */
type SettingKind =
  | { kind: 'integer'; min: number; max: number }
  | { kind: 'choice'; choices: readonly string[] }
  | {
      kind:
        | 'boolean'
        | 'host'
        | 'url'
        | 'database'
        | 'folder'
        | 'store'
        | 'region'
        | 'auth-id'
        | 'token'
        | 'key'
        | 'keys'
        | 'networks'
        | 'countries'
        | 'cap'
        | 'rate';
    };

export type Setting = SettingKind & {
  /** The value when the setting is absent; empty when that depends on other settings, which `defaultInWords` then explains. */
  default: string;
  defaultInWords?: string;
  sentence: string;
  /** A secret is never echoed and may come from the file that NAME_FILE names. */
  secret?: true;
};
