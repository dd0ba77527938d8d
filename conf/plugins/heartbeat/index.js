// Counted in the cache: the number is right also where several processes work on the events.
export async function onEvent(event, { cache }) {
  await cache.incr('events')
}

export async function runEveryMinute({ config, cache, grip }) {
  const events = Number(await cache.get('events', 0))
  await cache.set('events', 0)
  const beat = { at: new Date().toISOString(), events }
  await grip.publish(config.channel, {
    'http-stream': grip.sse({ event: 'beat', data: beat }),
    'http-response': { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(beat) },
    'ws-message': JSON.stringify(beat),
  })
}
