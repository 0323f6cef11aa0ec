import '@fontsource-variable/inter/index.css';
import '@fontsource-variable/jetbrains-mono/index.css';
import './mantine.ts';
import { z } from 'zod';
import { createRoot } from 'react-dom/client';
import { loadWords } from './i18n.ts';
import { shareNonce } from './nonce.ts';
import { Providers } from './providers.tsx';

// Compiled parsers need `eval`, which the pages' security policy forbids.
z.config({ jitless: true });
shareNonce();
await loadWords();
const root = document.querySelector('#root');
if (root) createRoot(root).render(<Providers />);
