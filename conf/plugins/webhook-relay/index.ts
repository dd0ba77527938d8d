interface Meta {
  config: { url: string; events: string; token?: string }
}

// The proxy sends the request, retries it for hours and keeps it as a dead letter if nobody takes it.
export function composeWebhook(event: { event: string; distinct_id: string; properties: Record<string, unknown> }, { config }: Meta) {
  const wanted = config.events.split(',').map((name) => name.trim())
  if (!wanted.includes(event.event)) return null
  return {
    url: config.url,
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      ...(config.token ? { Authorization: `Bearer ${config.token}` } : {}),
    },
    body: JSON.stringify({ event: event.event, user: event.distinct_id, properties: event.properties }),
  }
}
