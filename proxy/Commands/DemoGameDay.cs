namespace GripProxy.Proxy.Commands;

/// <summary>The game day of the demo against itself: two minutes from the normal load to eight times as much. Stateless.</summary>
internal static class DemoGameDay
{
    /// <summary>The plan.</summary>
    /// <param name="clients">Where clients connect.</param>
    /// <param name="control">The control port.</param>
    /// <param name="events">Where events come in.</param>
    /// <param name="key">Lets events in.</param>
    /// <param name="token">Opens the admin API.</param>
    public static string Plan(string clients, string control, string events, string key, string token) => $$"""
        {
          "name": "demo",
          "target": {
            "ingest": "{{events}}", "admin": "{{control}}", "tenant": "gameday", "key": "{{key}}", "token": "{{token}}",
            "stream": "{{clients}}gameday/stream/{channel}", "long_poll": "{{clients}}gameday/poll/{channel}", "ws": "{{clients}}gameday/socket/{channel}"
          },
          "baseline": 250, "steps": [1, 2, 3, 4, 5, 6, 7, 8], "hold_s": 10, "ramp_s": 2, "settle_s": 10,
          "source": { "kind": "synthetic", "events": 50 },
          "clients": { "stream": 100, "ws": 50, "long_poll": 20, "channels": ["gameday.events.*"] },
          "conditions": [
            { "name": "keeps up", "metric": "ingest.accepted_ratio", "op": ">=", "value": 0.999 },
            { "name": "fresh", "metric": "publish.latency_p99_ms", "op": "<=", "value": 250 },
            { "name": "no backlog", "metric": "queue.oldest_s", "op": "<=", "value": 5 },
            { "name": "nothing lost", "metric": "delivery.missing", "op": "==", "value": 0 },
            { "name": "exports on time", "metric": "post.oldest_s", "op": "<=", "value": 60 },
            { "name": "no dead letters", "metric": "dlq.added", "op": "==", "value": 0 }
          ],
          "questions": [
            { "question": "Can ingestion run at 8x?", "conditions": ["keeps up", "no backlog", "no dead letters"] },
            { "question": "Do clients notice?", "conditions": ["fresh", "nothing lost"] },
            { "question": "Does added load delay exports?", "conditions": ["exports on time"] }
          ],
          "report": "gameday-demo-{start}"
        }

        """;
}
