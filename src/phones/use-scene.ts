import { createContext, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import type { Deeds } from './deeds.ts';
import type { Scene, State } from './scene.ts';

const A_SECOND = 1000;

export const SceneContext = createContext<{ scene: Scene; deeds: Deeds } | null>(null);

export function useScene(): { scene: Scene; deeds: Deeds; state: State } {
  const shared = useContext(SceneContext);
  if (shared === null) throw new Error('expected to be inside a SceneContext');
  const state = useSyncExternalStore(shared.scene.listen, shared.scene.get);
  return { ...shared, state };
}

/** Draws its component anew every second: for what counts up or down. */
export function useTicking(): void {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), A_SECOND);
    return () => clearInterval(timer);
  }, []);
}
