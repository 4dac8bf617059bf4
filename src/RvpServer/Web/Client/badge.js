// @ts-check
// The number of unread messages on the picture of the tab.

import { el } from './dom.js';
import { picture } from './brand.js';

const SIZE = 64;

/** @type {HTMLLinkElement | undefined} */
let link;
let shown = 0;

/** @param {number} count */
export async function showBadge(count) {
  if (count === shown) return;
  shown = count;
  const href = count ? await draw(count) : '';
  if (count !== shown) return;
  link?.remove();
  link = href ? el('link', { rel: 'icon', type: 'image/png', href }) : undefined;
  // Browsers take the last one.
  if (link) document.head.append(link);
}

/**
 * The picture as a data URL; empty if the browser cannot draw.
 * @param {number} count
 */
async function draw(count) {
  const canvas = el('canvas', { width: String(SIZE), height: String(SIZE) });
  const pen = canvas.getContext('2d');
  if (!pen) return '';
  const base = el('img', { src: picture() });
  try {
    await base.decode();
    pen.drawImage(base, 0, 0, SIZE, SIZE);
  } catch {
    // The number alone, then.
  }
  const radius = SIZE * 0.3;
  pen.fillStyle = '#b3261e';
  pen.beginPath();
  pen.arc(SIZE - radius, SIZE - radius, radius, 0, 2 * Math.PI);
  pen.fill();
  pen.fillStyle = '#fff';
  pen.font = `bold ${count > 9 ? 26 : 32}px sans-serif`;
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  pen.fillText(count > 99 ? '…' : String(count), SIZE - radius, SIZE - radius + 2);
  return canvas.toDataURL();
}
