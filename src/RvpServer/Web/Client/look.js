// @ts-check
// Light or dark, and how large: as the user has chosen.

import * as settings from './settings.js';

export function show() {
  const { dataset } = document.documentElement;
  dataset.theme = settings.get('theme');
  dataset.size = settings.get('size');
}
