import test from 'node:test';
import assert from 'node:assert/strict';
import { partsOf } from '../../src/RvpServer/Web/Client/links.js';

const linksIn = text => partsOf(text).filter(part => part.href).map(part => part.text);

test('links are found, and the sentence around them keeps its marks', () => {
  assert.deepEqual(partsOf('See https://adatum.com/a?b=c#d, or (http://x.example).'), [
    { text: 'See ' }, { text: 'https://adatum.com/a?b=c#d', href: 'https://adatum.com/a?b=c#d' },
    { text: ', or (' }, { text: 'http://x.example', href: 'http://x.example/' }, { text: ').' },
  ]);
});

test('only http and https are links', () => {
  for (const text of ['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'ftp://x.example/', 'JAVASCRIPT:http:x', 'http:x', 'https://', 'HTTP://X.example']) assert.deepEqual(linksIn(text), []);
  for (const link of linksIn('javascript:alert("http://a.example/\'") data:https://b.example')) assert.match(link, /^https?:/);
});

test('a link says where it leads, in letters that are what they look like', () => {
  const hrefIn = text => partsOf(text).find(part => part.href)?.href;

  assert.equal(hrefIn('https://im.adatum.com\u2044x.evil.example/'), 'https://im.adatum.xn--comx-2g7a.evil.example/');
  assert.equal(hrefIn('https://\u0430datum.com/'), 'https://xn--datum-3ve.com/');
  assert.equal(hrefIn('https://adatum.com/\u202egpj.exe'), 'https://adatum.com/%E2%80%AEgpj.exe');
  for (const text of ['https://adatum.com@evil.example/', 'https://a:b@evil.example/', 'http://[/', 'https://x..\u0000/']) assert.equal(hrefIn(text), undefined);
});

test('the pieces together are the text', () => {
  for (const text of ['', 'plain', 'http://a.example http://b.example', '\nhttp://a.example\n', 'http://a.example<b>"\'', 'x'.repeat(60_000), 'http://a.example '.repeat(2000)]) {
    assert.equal(partsOf(text).map(part => part.text).join(''), text);
  }
});

test('a huge text has no links, and a hostile one takes no time', () => {
  assert.deepEqual(linksIn('http://a.example '.repeat(5000)), []);
  const started = Date.now();
  linksIn('http://' + '.'.repeat(49_000));
  linksIn('http://'.repeat(7000));
  assert.ok(Date.now() - started < 5000);
});
