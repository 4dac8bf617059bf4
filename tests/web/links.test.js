import test from 'node:test';
import assert from 'node:assert/strict';
import { partsOf, labelOf } from '../../src/RvpServer/Web/Client/links.js';

const linksIn = text => partsOf(text).filter(part => part.href).map(part => part.text);
const hrefIn = text => partsOf(text).find(part => part.href)?.href;

test('links are found, and the sentence around them keeps its marks', () => {
  assert.deepEqual(partsOf('See https://adatum.com/a?b=c#d, or (http://x.example).'), [
    { text: 'See ' }, { text: 'https://adatum.com/a?b=c#d', href: 'https://adatum.com/a?b=c#d' },
    { text: ', or (' }, { text: 'http://x.example', href: 'http://x.example/' }, { text: ').' },
  ]);
});

test('a link ends where its author ended it', () => {
  for (const [text, link] of [
    ['https://en.wikipedia.org/wiki/Mercury_(planet)', 'https://en.wikipedia.org/wiki/Mercury_(planet)'],
    ['(see https://en.wikipedia.org/wiki/Mercury_(planet)).', 'https://en.wikipedia.org/wiki/Mercury_(planet)'],
    ['https://x.example/?r="x"', 'https://x.example/?r="x"'],
    ['He said "https://x.example/a".', 'https://x.example/a'],
    ['\'https://x.example/a\'', 'https://x.example/a'],
    ['»https://x.example/a«', 'https://x.example/a'], ['„https://x.example/a“', 'https://x.example/a'],
    ['<https://x.example/a>', 'https://x.example/a'],
    ['[https://x.example/a]', 'https://x.example/a'],
    ['https://x.example/a[1]', 'https://x.example/a[1]'],
    ['https://x.example/?q=a,b!', 'https://x.example/?q=a,b'],
    ['https://x.example…', 'https://x.example'],
    ['HTTPS://X.example/A', 'HTTPS://X.example/A'],
    ['www.adatum.com.', 'www.adatum.com'],
    ['mailto:JoBrown@adatum.com, please', 'mailto:JoBrown@adatum.com'],
  ]) assert.deepEqual(linksIn(text), [link], text);
});

test('only the web and mail are links', () => {
  for (const text of [
    'javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'ftp://x.example/', 'JAVASCRIPT:http:x', 'http:x', 'https://', 'www.', 'www..', 'xhttps://x.example',
    'mailto:', 'mailto:a', 'mailto:a@b?bcc=c@d.example', 'mailto:a@b.example?attach=/etc/passwd', 'mailto:a%0Ab@c.example', 'awww.x.example',
  ]) assert.deepEqual(linksIn(text), [], text);
  for (const link of linksIn('javascript:alert("http://a.example/\'") data:https://b.example')) assert.match(link, /^https?:/);
});

test('a link says where it leads, in letters that are what they look like', () => {
  assert.equal(hrefIn('https://im.adatum.com\u2044x.evil.example/'), 'https://im.adatum.xn--comx-2g7a.evil.example/');
  assert.equal(hrefIn('https://\u0430datum.com/'), 'https://xn--datum-3ve.com/');
  assert.equal(hrefIn('https://adatum.com/\u202egpj.exe'), 'https://adatum.com/%E2%80%AEgpj.exe');
  for (const text of ['https://adatum.com@evil.example/', 'https://a:b@evil.example/', 'http://[/', 'https://x..\u0000/']) assert.equal(hrefIn(text), undefined);
});

test('what is read of a link is where it leads', () => {
  for (const [text, label] of [
    ['https://adatum.com', 'https://adatum.com'], ['www.adatum.com', 'www.adatum.com'], ['HTTPS://Adatum.com/', 'HTTPS://Adatum.com/'],
    ['mailto:JoBrown@adatum.com', 'mailto:JoBrown@adatum.com'], ['https://\u0430datum.com', 'https://xn--datum-3ve.com/'],
    ['https://adatum.com/\u202egpj.exe', 'https://adatum.com/%E2%80%AEgpj.exe'], ['http://0x7f.1/', 'http://127.0.0.1/'],
  ]) assert.equal(labelOf(text, hrefIn(text)), label);
});

test('the pieces together are the text', () => {
  for (const text of ['', 'plain', 'http://a.example http://b.example', '\nhttp://a.example\n', 'http://a.example<b>"\'', 'x'.repeat(60_000), 'http://a.example '.repeat(2000)]) {
    assert.equal(partsOf(text).map(part => part.text).join(''), text);
  }
});

test('a huge text has no links, and a hostile one takes no time', () => {
  assert.deepEqual(linksIn('http://a.example '.repeat(5000)), []);
  const started = Date.now();
  for (const piece of ['.', 'http://', '(', '"', ')', 'www.']) linksIn(('http://' + piece.repeat(49_000)).slice(0, 49_000));
  assert.ok(Date.now() - started < 5000);
});
