import assert from 'node:assert/strict';
import { makePosthog } from '../../../src/GripProxy.Plugins/worker/cell/posthog.js';

function listening() {
  const asked = [];
  const fetch = (url, init) => (asked.push({ url, ...init }), Promise.resolve('answer'));
  const ask = (op, args) => (asked.push({ op, ...args }), Promise.resolve({ answer: { status: 201, status_text: '', url: 'x', redirected: false, headers: [['etag', '"3"']], body: btoa('{"a":1}') } }));
  return { asked, api: makePosthog(ask, fetch).api };
}

const keys = { host: 'https://ph.example', projectApiKey: 'phc', personalApiKey: 'phx' };

Deno.test('api asks the host with both keys', async () => {
  const { asked, api } = listening();
  assert.equal(await api.get('/api/projects/@current/annotations?x=1', keys), 'answer');
  await api.post('/api/annotation', { ...keys, data: { a: 1 }, headers: { 'X-A': 'b' } });
  assert.deepEqual(asked, [
    { url: 'https://ph.example/api/projects/@current/annotations?x=1&token=phc', method: 'GET', headers: { Authorization: 'Bearer phx' }, body: undefined },
    {
      url: 'https://ph.example/api/annotation?token=phc',
      method: 'POST',
      headers: { Authorization: 'Bearer phx', 'X-A': 'b', 'Content-Type': 'application/json' },
      body: '{"a":1}',
    },
  ]);
});

Deno.test('api without a host asks this server', async () => {
  const { asked, api } = listening();
  const answer = await api.post('/v1/tenants?limit=1', { data: { b: 2 } });
  assert.deepEqual([answer.status, answer.headers.get('etag'), await answer.json()], [201, '"3"', { a: 1 }]);
  await api.get('v1/x', { projectApiKey: 'phc', personalApiKey: 'phx' });
  assert.deepEqual(asked, [
    { op: 'posthog.api', method: 'POST', path: '/v1/tenants?limit=1', headers: [['Content-Type', 'application/json']], body: '{"b":2}' },
    { op: 'posthog.api', method: 'GET', path: '/v1/x?token=phc', headers: [['Authorization', 'Bearer phx']], body: undefined },
  ]);
});

Deno.test('api takes its keys only together, and with a host needs them', async () => {
  const { asked, api } = listening();
  await assert.rejects(api.put('/x', { host: keys.host, projectApiKey: 'phc' }), /only together/);
  await assert.rejects(api.delete('/x', { host: keys.host }), /needs projectApiKey and personalApiKey/);
  assert.deepEqual(asked, []);
});
