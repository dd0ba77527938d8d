using System.Threading.Channels;
using GripProxy.Forwarding.Tests.Support;

namespace GripProxy.Forwarding.Tests.WebSockets.OverHttp;

/// <summary>An origin whose requests are answered by the test, one by one.</summary>
internal sealed class EventsOrigin : IAsyncDisposable
{
    private readonly Channel<EventsExchange> _exchanges = Channel.CreateUnbounded<EventsExchange>();
    private readonly RawOrigin _origin;

    /// <summary>Listens on this port, or on one that is free.</summary>
    public EventsOrigin(int port = 0) => _origin = RawOrigin.Serving(ServeAsync, port);

    /// <summary>As a route names it.</summary>
    public string Address => _origin.Address;

    /// <summary>Requests seen so far.</summary>
    public int Count => _origin.Requests.Count;

    /// <summary>The next request, as soon as it is there.</summary>
    public async Task<EventsExchange> NextAsync() => await _exchanges.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));

    public ValueTask DisposeAsync() => _origin.DisposeAsync();

    private async Task ServeAsync(OriginConnection connection)
    {
        while (true)
        {
            var exchange = new EventsExchange(await connection.ReadRequestAsync(), connection);
            _exchanges.Writer.TryWrite(exchange);
            if (!await exchange.Answered)
                return;
        }
    }
}

/// <summary>One request that waits for the test's answer.</summary>
internal sealed class EventsExchange(OriginRequest request, OriginConnection connection)
{
    private readonly TaskCompletionSource<bool> _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public OriginRequest Request => request;

    public string Body => request.Body;

    /// <summary>True once answered; false: the connection is to be closed.</summary>
    public Task<bool> Answered => _answered.Task;

    /// <summary>Completes when the proxy gives the connection up.</summary>
    public Task Ended => connection.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(20));

    /// <summary>Answers with events and further header lines.</summary>
    public Task AnswerAsync(string events, params string[] headers) =>
        AnswerRawAsync($"HTTP/1.1 200 OK\r\nContent-Type: application/websocket-events\r\n{Lines(headers)}Content-Length: {events.Length}\r\n\r\n{events}");

    /// <summary>Answers with exactly this text.</summary>
    public async Task AnswerRawAsync(string text)
    {
        await connection.SendAsync(text);
        _answered.SetResult(true);
    }

    /// <summary>Closes the connection without an answer.</summary>
    public void Break() => _answered.SetResult(false);

    private static string Lines(string[] headers) => string.Concat(headers.Select(header => header + "\r\n"));
}
