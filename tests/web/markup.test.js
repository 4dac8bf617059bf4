import test from 'node:test';
import assert from 'node:assert/strict';
import { read, inline, plainOf } from '../../src/RvpServer/Web/Client/markup.js';

const lines = text => [{ kind: 'lines', of: text }];
const strong = (...of) => ({ mark: 'strong', of });
const em = (...of) => ({ mark: 'em', of });
const code = of => ({ mark: 'code', of });

test('bold, italic, code and links are read', () => {
  assert.deepEqual(inline('a **b** *c* _d_ __e__ `f*g*` https://adatum.com/_x_'), [
    'a ', strong('b'), ' ', em('c'), ' ', em('d'), ' ', strong('e'), ' ', code('f*g*'), ' ', { mark: 'a', of: 'https://adatum.com/_x', href: 'https://adatum.com/_x' }, '_',
  ]);
  assert.deepEqual(inline('**both _of_ them**'), [strong('both ', em('of'), ' them')]);
  assert.deepEqual(inline('(**https://adatum.com**)'), ['(', strong({ mark: 'a', of: 'https://adatum.com', href: 'https://adatum.com/' }), ')']);
  assert.deepEqual(inline('这是**重要**的'), ['这是', strong('重要'), '的']);
});

test('blocks are read', () => {
  assert.deepEqual(read('Look:\n```sh\n# **no**\n> ls\n```\n- one\n* *two*\n3. c\n4. d\n7. e\n> they\n> - said\nand'), [
    ...lines(['Look:']), { kind: 'pre', language: 'sh', of: '# **no**\n> ls' }, { kind: 'list', of: [['one'], [em('two')]] },
    { kind: 'list', first: 3, of: [['c'], ['d']] }, { kind: 'list', first: 7, of: [['e']] },
    { kind: 'quote', of: [...lines(['they']), { kind: 'list', of: [['said']] }] }, ...lines(['and']),
  ]);
});

test('where there is room for one line, the words alone are shown', () => {
  assert.equal(plainOf('**Lunch** at _noon_:\n- soup\n- `bread`\n> yes\n```\nls\n```', 100), 'Lunch at noon: soup bread yes ls');
  assert.equal(plainOf('x'.repeat(500), 100).length, 100);
});

test('what only looks like it stays as it is', () => {
  for (const text of ['2*3*4', 'a * b * c', 'snake_case_name', '**', '****', '*_*', '^_^', '>_<', '->', '**open', 'close**', '`', '``', '***x***', '```', '``` not', '1.5', '-5', '1.', '- ', '#1', '__init', '*\u00a0x*', '<b>no</b>']) {
    assert.equal(read(text).map(block => block.kind).join(), 'lines', text);
    assert.ok(read(text)[0].of.every(piece => typeof piece === 'string'), text);
    assert.equal(read(text)[0].of.join(''), text);
  }
});

// The same each time.
function* numbers(seed) {
  for (;;) yield (seed = (seed * 1664525 + 1013904223) % 4294967296) / 4294967296;
}

const PIECES = ['*', '**', '_', '__', '`', '```', '\n', '\n', '> ', '- ', '1. ', '2. ', ' ', 'a', 'word', 'ü', '\u{1f600}', '\ud800', 'https://a.example/(b)', 'www.x.example', '<b>', '&amp;', '"', ')', '[x](y)', '\u202e', 'javascript:alert(1)'];
const ALLOWED = { lines: 1, pre: 1, quote: 1, list: 1, strong: 1, em: 1, code: 1, a: 1 };

/** All that is shown, and in it only what may be there. */
function shown(node) {
  if (typeof node === 'string') return node;
  if (Array.isArray(node)) return node.map(shown).join('');
  assert.ok(ALLOWED[node.kind ?? node.mark], JSON.stringify(node));
  if (node.href) assert.match(node.href, /^(https?:\/\/|mailto:)/);
  return (node.language ?? '') + (node.first ?? '') + shown(node.of);
}

const withoutSigns = text => text.replace(/[*_`>\-\s.0-9]/gu, '');

test('no text makes anything else, and nothing that was written is lost', () => {
  const random = numbers(7);
  const next = () => random.next().value;
  for (let i = 0; i < 4000; i++) {
    const text = Array.from({ length: 1 + next() * 25 }, () => PIECES[Math.floor(next() * PIECES.length)]).join('');

    assert.equal(withoutSigns(shown(read(text))), withoutSigns(text), JSON.stringify(text));
  }
});

test('a megabyte, and nesting without end, take no time', () => {
  const texts = ['*', '**', '_', '`', '> ', '>', '- ', '1. ', '```\n', '*a **b _c __d ', '*a_b`', '(', 'https://', 'www.x.y(', '"', 'mailto:', '*a ', '_a* ', '\n', '\u{1f600}*']
    .flatMap(piece => [49_000, 1_000_000].map(length => piece.repeat(length / piece.length)));
  const started = Date.now();

  for (const text of texts) read(text);

  assert.ok(Date.now() - started < 10_000);
});
