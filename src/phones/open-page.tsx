import { StrictMode, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import '../design/tokens.css';
import '../design/base.css';
import '../design/components.css';
import { applyTheme } from '../design/theme.ts';

export function openPage(page: ReactNode): void {
  applyTheme();
  const root = document.getElementById('root');
  if (root === null) throw new Error('expected an element with the id root');
  createRoot(root).render(<StrictMode>{page}</StrictMode>);
}
