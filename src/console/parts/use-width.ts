import { useEffect, useState, type RefObject } from 'react';

/** How wide an element is, in px; until it is measured, how wide the window is. */
export function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, set] = useState(() => window.innerWidth);
  useEffect(() => {
    const { current } = element;
    if (current === null) return undefined;
    const observer = new ResizeObserver(() => set(current.clientWidth));
    observer.observe(current);
    set(current.clientWidth);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
