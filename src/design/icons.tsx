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
  left: 'M20 12H5M11 6l-6 6 6 6',
  search: 'M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM15.5 15.5 20 20',
  overview: 'M4 13h5v7H4zM15 4h5v16h-5zM9.5 8.5h5V20h-5z',
  calls:
    'M6.6 3.5 9 4l1.3 3.6-1.9 1.6a12 12 0 0 0 6.4 6.4l1.6-1.9L20 15l.5 2.4a2 2 0 0 1-2 2.6C11 20 4 13 4 5.5a2 2 0 0 1 2.6-2z',
  sessions:
    'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM16 19a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM11 8h4a2 2 0 0 1 2 2v1M13 16H9a2 2 0 0 1-2-2v-1',
  numbers: 'M9 4 7 20M17 4l-2 16M4.5 9h16M3.5 15h16',
  callbacks: 'M4 12h11M11 7l5 5-5 5M20 5v14',
  recordings:
    'M12 4a2.5 2.5 0 0 1 2.5 2.5v5a2.5 2.5 0 0 1-5 0v-5A2.5 2.5 0 0 1 12 4zM6.5 11a5.5 5.5 0 0 0 11 0M12 16.5V20',
  costs: 'M12 4v16M16 7.5c-.8-1-2.3-1.6-4-1.6-2.3 0-4 1-4 2.8 0 4.2 8.4 2 8.4 6.4 0 1.9-1.9 3-4.4 3-2 0-3.7-.8-4.5-2',
  people: 'M12 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM5 20c.5-4 3-6 7-6s6.5 2 7 6',
  webhooks: 'M5 5l14 14M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16z',
  jobs: 'M5 7h14M5 12h14M5 17h9',
  audit: 'M6 4h9l3 3v13H6zM9 11h6M9 15h6',
  operators: 'M7 11V8a5 5 0 0 1 10 0v3M5.5 11h13v9h-13z',
  accounts: 'M4 20V8l8-4 8 4v12M9 20v-6h6v6',
  alerts: 'M12 4a5 5 0 0 1 5 5v4l2 3H5l2-3V9a5 5 0 0 1 5-5zM10 19h4',
  system: 'M4 5h16v10H4zM9 20h6M12 15v5',
  receivers: 'M5 4h14v6H5zM5 14h14v6H5zM8.5 7h.01M8.5 17h.01',
  optOuts: 'M4 5h16v11h-8l-4.5 4V16H4zM9 8.5l6 4.5M15 8.5l-6 4.5',
  pool: 'M4 19V5M4 19h16M8 15l4-5 3 3 5-7',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
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
      strokeWidth={name === 'keypad' || name === 'more' ? 3 : 1.8}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
