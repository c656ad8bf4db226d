export interface Stage {
  from: string;
  name: string;
  steps: { name: string; rest: string }[];
  env: Record<string, string>;
  user: string;
  command: string[];
  health: string[];
}
export function readDockerfile(text: string): Stage[];
