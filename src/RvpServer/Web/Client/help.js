// @ts-check
// Which keys do what.

import { el, dialog } from './dom.js';
import * as settings from './settings.js';
import { t } from './texts.js';

export function showHelp() {
  const sends = settings.get('enter') === 'line' ? ['Ctrl', 'Enter'] : ['Enter'];
  const begins = settings.get('enter') === 'line' ? ['Enter'] : ['Shift', 'Enter'];
  dialog(t('Keys'), el('dl', { class: 'keys' },
    ...line(['Ctrl', 'K'], t('Search')),
    ...line(['↑', '↓'], t('Through the list')),
    ...line(sends, t('Send the message')),
    ...line(begins, t('Begin a line')),
    ...line(['Esc'], t('Close what is open')),
    ...line(['?'], t('Show this'))));
}

/**
 * @param {string[]} keys
 * @param {string} deed
 */
const line = (keys, deed) => [el('dt', {}, ...keys.flatMap((key, i) => [...i ? [' '] : [], el('kbd', {}, key)])), el('dd', {}, deed)];
