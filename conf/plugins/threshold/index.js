export function setupPlugin({ config, global }) {
  global.limit = Number(config.limit)
  if (!Number.isInteger(global.limit) || global.limit < 1) throw new Error(`limit is '${config.limit}', expected a whole number from 1`)
}

// The count is in the storage: it goes on after a restart of the proxy and with the next version of this plugin.
export async function processEvent(event, { config, global, utils, grip }) {
  const value = event.properties?.[config.property]
  if (event.event !== config.event || value === undefined) return event
  const count = await utils.cursor.increment(`${config.event} ${value}`)
  if (count === global.limit) {
    const alert = { [config.property]: value, count }
    await grip.publish(`alerts.${config.event}`, {
      'http-stream': grip.sse({ event: 'alert', data: alert }),
      'http-response': { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(alert) },
      'ws-message': JSON.stringify(alert),
    })
    console.log(`${config.event} of ${value} reached ${count}`)
  }
  return event
}
