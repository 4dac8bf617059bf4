import test from 'node:test';
import assert from 'node:assert/strict';
import { clean, escape, cdata, children, childrenAlone, find, textOf, RVP, DAV } from '../../src/RvpServer/Web/Client/xml.js';

// What a parser makes of escaped text and of CDATA sections, by the letter of XML 1.0.
const unescape = text => text.replace(/\r\n?/g, '\n').replace(/&(lt|gt|quot|amp|#13);/g, (_, name) => ({ lt: '<', gt: '>', quot: '"', amp: '&', '#13': '\r' })[name]);
const uncdata = text => [...text.matchAll(/<!\[CDATA\[([^]*?)]]>/g)].map(match => match[1]).join('');

const HOSTILE = ['', 'a', '<b>&amp;"\'', ']]>', ']]]]>>', ']]', ']]>]]><![CDATA[x]]>', '<![CDATA[', 'a\r\nb\rc\nd\te', '\u00f6\u{1f600}', '&#13;&amp;lt;', '<!--', '</r:contact>', '\u2028'];

test('escaped text is read as what it was', () => {
  for (const text of HOSTILE) {
    assert.equal(unescape(escape(text)), text);
    assert.doesNotMatch(escape(text), /[<>"\r]|&(?!(?:amp|lt|gt|quot|#13);)/);
  }
});

test('a CDATA section is read as what it was', () => {
  for (const text of HOSTILE) assert.equal(uncdata(cdata(text)), text);
});

test('a CDATA section ends where it says and nowhere before', () => {
  for (const text of HOSTILE) assert.match(cdata(text), /^(?:<!\[CDATA\[(?:(?!]]>)[^])*]]>)+$/);
});

test('what XML cannot hold becomes a replacement character', () => {
  assert.equal(clean('a\0b\u0008\u000b\u000c\u001f\ufffe\uffff'), 'a\ufffdb' + '\ufffd'.repeat(6));
  assert.equal(clean('\ud800'), '\ufffd');
  assert.equal(clean('\udc00\ud800'), '\ufffd\ufffd');
  assert.equal(clean('\ud83d\ude00\ude00'), '\u{1f600}\ufffd');
});

test('what XML can hold stays', () => {
  for (const text of ['\t\n\r', ' ~\u007f\u0085\u00a0', '\ud7ff\ue000\ufffd', '\u{10000}\u{10ffff}', 'العربية', '']) assert.equal(clean(text), text);
});

test('every text of one character gives XML, and cleaning twice is cleaning once', () => {
  for (let code = 0; code < 0x10000; code++) {
    const cleaned = clean(String.fromCharCode(code));
    assert.equal(cleaned.length, 1);
    assert.match(cleaned, /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd]$/);
    assert.equal(clean(cleaned), cleaned);
  }
});

const element = (namespaceURI, localName, textContent = '', ...inside) => ({ namespaceURI, localName, textContent, children: inside });

test('a path is followed by namespace and name, and ends in nothing where it ends early', () => {
  const contact = element(RVP, 'contact', ' x ', element(DAV, 'name', 'not this'), element(RVP, 'name', ' Jo\n'), element(RVP, 'name', 'second'));
  const root = element(RVP, 'root', '', contact);

  assert.equal(textOf(root, [RVP, 'contact'], [RVP, 'name']), 'Jo');
  assert.equal(children(contact, RVP, 'name').length, 2);
  assert.equal(find(root), root);
  assert.equal(find(root, [DAV, 'contact']), null);
  assert.equal(find(root, [RVP, 'contact'], [RVP, 'none'], [RVP, 'name']), null);
  assert.equal(textOf(null, [RVP, 'contact']), '');
  assert.deepEqual(children(null, RVP, 'contact'), []);
});

test('each child of the root can stand alone, whatever is in it', () => {
  const items = [
    '<n>1</n>', '<n/>', "<n a='>'>2</n>", '<n a="</n>"/>', '<n><n>3</n><m/></n>', '<n><![CDATA[</n></all><n>forged</n>]]></n>', '<n><!-- </n> --><?x </n>?></n>',
  ];

  const alone = childrenAlone(`<?xml version="1.0"?><all xmlns='urn:x'>${items.join('\n')}</all>`);

  assert.deepEqual(alone, items.map(item => `<all xmlns='urn:x'>${item}</all>`));
  assert.deepEqual(childrenAlone('<all/>'), []);
  assert.deepEqual(childrenAlone(''), []);
});
