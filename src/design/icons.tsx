const PATHS = {
  brand:
    'M4 5.5A1.5 1.5 0 0 1 5.5 4h13A1.5 1.5 0 0 1 20 5.5v6.2c0 4.6-3.3 7-8 8.3-4.7-1.3-8-3.7-8-8.3zM8 10.5h3M13 10.5h3M9 15c1.8 1 4.2 1 6 0',
  phone:
    'M6.6 3.5 9 4l1.3 3.6-1.9 1.6a12 12 0 0 0 6.4 6.4l1.6-1.9L20 15l.5 2.4a2 2 0 0 1-2 2.6C11 20 4 13 4 5.5a2 2 0 0 1 2.6-2z',
  hangUp: 'M3 14.5c5-5 13-5 18 0l-2 3-4-1.6v-2.6a13 13 0 0 0-6 0v2.6L5 17.5z',
  check: 'M5 12.5 10 17 19 7',
  copy: 'M9 9h10v11H9zM15 9V4H5v11h4',
  close: 'M6 6l12 12M18 6 6 18',
  right: 'M4 12h15M13 6l6 6-6 6',
  stop: 'M12 4v16',
  sound: 'M4 9.5v5h3.5L12 18V6L7.5 9.5zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11',
  silent: 'M4 9.5v5h3.5L12 18V6L7.5 9.5zM16 9.5l5 5M21 9.5l-5 5',
  keypad: 'M6 5h.01M12 5h.01M18 5h.01M6 12h.01M12 12h.01M18 12h.01M6 19h.01M12 19h.01M18 19h.01',
  lock: 'M7 11V8a5 5 0 0 1 10 0v3M5.5 11h13v9h-13z',
} as const;

export type IconName = keyof typeof PATHS;

/** Beside a word, never instead of one: hidden from screen readers. */
export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === 'keypad' ? 3 : 1.8}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
