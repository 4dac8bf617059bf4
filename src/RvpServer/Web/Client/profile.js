// @ts-check
// How others see the user: name and picture, a part of the settings.

import { el } from './dom.js';
import { pictureOf, forgetPicture } from './pictures.js';
import * as session from './session.js';
import { Refused, statusOf } from './rvp.js';
import { t } from './texts.js';

// In pixels: faces are small.
const SIDE = 192;

/** @param {import('./app.js').App} app */
export function profile(app) {
  const { me } = app.store;
  const name = el('input', { id: 'own-name', type: 'text', dir: 'auto', maxlength: '100', required: true, autocomplete: 'name', value: me.displayName });
  const message = el('p', { role: 'status' });
  const picture = el('img', { class: 'own-picture', alt: '', hidden: true });
  showPicture();
  /** @type {HTMLInputElement} */
  const file = el('input', {
    class: 'hidden', type: 'file', accept: 'image/*', 'aria-label': t('Picture'),
    onchange: () => attempt(async () => {
      const [chosen] = file.files ?? [];
      if (chosen) await change(await small(chosen));
    }),
  });
  return el('div', { class: 'part' },
    el('form', { class: 'row', onsubmit: event => { event.preventDefault(); attempt(rename); } },
      el('label', { for: 'own-name' }, t('Name')), name, el('button', { type: 'submit' }, t('Save'))),
    el('div', { class: 'row' }, el('span', {}, t('Picture')), picture, el('label', { class: 'file' }, t('Choose…'), file),
      el('button', { type: 'button', onclick: () => attempt(() => change(null)) }, t('Remove'))),
    message);

  async function rename() {
    await session.changeName(name.value.trim());
    // It is in many places.
    location.reload();
  }

  /** @param {Blob | null} wanted */
  async function change(wanted) {
    await session.changePicture(wanted);
    forgetPicture(me.url);
    await showPicture();
  }

  async function showPicture() {
    const src = await pictureOf(me.url);
    picture.hidden = !src;
    picture.src = src;
  }

  /** @param {() => Promise<void>} work */
  async function attempt(work) {
    message.textContent = '';
    try {
      await work();
    } catch (error) {
      message.textContent = statusOf(error) === 400 && error instanceof Error ? error.message : t('The server did not take the change.');
    }
  }
}

/**
 * The middle of a picture, in the size of a face.
 * @param {Blob} file
 * @returns {Promise<Blob>}
 */
async function small(file) {
  const image = await createImageBitmap(file).catch(() => null);
  if (!image) throw new Refused(400, t('This is no picture that the browser can show.'));
  const side = Math.min(image.width, image.height);
  const canvas = el('canvas', { width: String(SIDE), height: String(SIDE) });
  canvas.getContext('2d')?.drawImage(image, (image.width - side) / 2, (image.height - side) / 2, side, side, 0, 0, SIDE, SIDE);
  return new Promise((resolve, reject) => canvas.toBlob(blob => (blob ? resolve(blob) : reject(new Error())), 'image/png'));
}
