import test from 'node:test';
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { LANGUAGES, speak, t, tn, around, locale } from '../../src/RvpServer/Web/Client/texts.js';

const FOLDER = new URL('../../src/RvpServer/Web/Client/', import.meta.url);
const OTHERS = Object.keys(LANGUAGES).filter(language => language !== 'en');
const LITERAL = String.raw`'((?:[^'\\\n]|\\.)*)'`;

/** Each text in the sources, and whether it counts. */
function written() {
  const texts = new Map();
  for (const name of readdirSync(FOLDER)) {
    if (!name.endsWith('.js') || name.startsWith('texts')) continue;
    const source = readFileSync(new URL(name, FOLDER), 'utf8');
    for (const [, text] of source.matchAll(new RegExp(String.raw`\b(?:t|around)\(\s*${LITERAL}`, 'g'))) texts.set(plain(text), false);
    for (const [, one, many] of source.matchAll(new RegExp(String.raw`\btn\([^']*?,\s*${LITERAL},\s*${LITERAL}`, 'g'))) {
      assert.deepEqual(placesIn(plain(many)).filter(place => place !== '{0}'), placesIn(plain(one)).filter(place => place !== '{0}'), many);
      texts.set(plain(many), true);
    }
  }
  return texts;
}

const plain = literal => literal.replace(/\\(.)/g, '$1');
const placesIn = text => [...new Set(text.match(/\{\d\}/g))].sort();

async function inLanguage(tag, browser = ['en-GB']) {
  Object.defineProperty(globalThis, 'navigator', { value: { languages: browser }, configurable: true });
  globalThis.document = { documentElement: {} };
  await speak(tag);
  return globalThis.document.documentElement;
}

for (const language of OTHERS) {
  test(`${LANGUAGES[language]} says everything that English does, with the same places, and nothing else`, async () => {
    const { default: said } = await import(new URL(`texts-${language}.js`, FOLDER));
    const wanted = written();
    assert.ok(wanted.size > 50);

    assert.deepEqual([...wanted.keys()].filter(text => !Object.hasOwn(said, text)), [], 'missing');
    assert.deepEqual(Object.keys(said).filter(text => !wanted.has(text)), [], 'left over');
    for (const [text, isCounted] of wanted) {
      if (!isCounted) assert.deepEqual(placesIn(said[text]), placesIn(text), text);
      else {
        const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
        // Spanish has a form for millions, which nobody has here.
        assert.deepEqual(forms.filter(form => form !== 'many' || language === 'ar').filter(form => !said[text][form]), [], text);
        for (const form of [said[text].other, said[text].few, said[text].many]) if (form) assert.deepEqual(placesIn(form), placesIn(text), text);
      }
    }
  });
}

test('the wish counts, else the first language of the browser that there is, else English', async () => {
  assert.equal((await inLanguage('de')).lang, 'de');
  assert.equal((await inLanguage(undefined, ['fr-FR', 'es-MX', 'ja'])).lang, 'es');
  assert.equal(locale(), 'es-MX');
  assert.equal((await inLanguage('constructor', ['fr'])).lang, 'en');
  const page = await inLanguage('ar');
  assert.deepEqual([page.lang, page.dir], ['ar', 'rtl']);
  assert.equal((await inLanguage('en')).dir, 'ltr');
});

test('each language counts as its speakers do', async () => {
  await inLanguage('en');
  assert.deepEqual([1, 2].map(count => tn(count, '{0} person', '{0} people')), ['1 person', '2 people']);
  await inLanguage('de');
  assert.deepEqual([1, 2000].map(count => tn(count, '{0} person', '{0} people')), ['1 Person', '2.000 Personen']);
  await inLanguage('ar');
  assert.equal(new Set([0, 1, 2, 3, 11, 100].map(count => tn(count, '{0} person', '{0} people').replace(/[\d\u0660-\u0669]+/g, ''))).size, 6);
});

test('what is filled in is no text to be filled, and has its direction for itself', async () => {
  await inLanguage('en');
  assert.equal(t('You: {0}', '{0} $& {1}'), 'You: {0} $& {1}');
  assert.equal(t('You: {0}', '\u0645\u0631\u062d\u0628\u0627'), 'You: \u2068\u0645\u0631\u062d\u0628\u0627\u2069');
  assert.deepEqual(around('from {0}, since {1}', 'A', 'B'), ['from ', 'A', ', since ', 'B']);
  assert.equal(t('constructor'), 'constructor');
  assert.equal(tn(2, 'x', 'constructor'), 'constructor');
});
