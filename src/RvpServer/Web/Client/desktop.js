// @ts-check
// Whether messages are announced on the desktop: a part of the settings, and the offer to a newcomer.

import { el } from './dom.js';
import { isPossible, isWanted } from './alerts.js';
import * as settings from './settings.js';
import { t } from './texts.js';

export function desktop() {
  const message = el('p', { class: 'quiet', role: 'status' });
  const button = el('button', { type: 'button', onclick: toggle });
  refresh();
  return el('div', { class: 'row' }, el('div', {}, t('Notifications on your desktop'), message), button);

  async function toggle() {
    settings.set('notifications', isWanted() ? 'off' : 'on');
    if (settings.get('notifications') === 'on' && Notification.permission === 'default') await Notification.requestPermission();
    refresh();
  }

  function refresh() {
    button.hidden = !isPossible() || Notification.permission === 'denied';
    button.textContent = isWanted() ? t('Turn off') : t('Turn on');
    message.textContent = !isPossible() ? t('Browsers allow them only on pages that came over https.')
      : Notification.permission === 'denied' ? t('Your browser has forbidden them to this page; its settings can change that.')
      : isWanted() ? t('They are on: a message that comes while you look elsewhere is shown on your desktop.')
      : t('They are off.');
  }
}
