using System.Net;

namespace GripProxy.Control.Tests.Testing;

/// <summary>Reads server-sent events one by one. Owned by one test.</summary>
internal sealed class EventClient : IAsyncDisposable
{
    private readonly HttpClient _http;
    private readonly StreamReader _reader;

    private EventClient(HttpClient http, StreamReader reader)
    {
        _http = http;
        _reader = reader;
    }

    public static async Task<EventClient> ConnectAsync(int port, string path)
    {
        var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        var answer = await http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead).WaitAsync(RawClient.Patience);
        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (answer.StatusCode, answer.Content.Headers.ContentType?.ToString()));
        return new EventClient(http, new StreamReader(await answer.Content.ReadAsStreamAsync()));
    }

    /// <summary>The lines of the next event or comment joined with <c>|</c>, or null at the proper end of the stream.</summary>
    public async Task<string?> NextAsync()
    {
        var lines = new List<string>();
        while (true)
        {
            var line = await _reader.ReadLineAsync().WaitAsync(RawClient.Patience);
            if (line is null)
                return null;
            if (line.Length == 0)
                return string.Join('|', lines);
            lines.Add(line);
        }
    }

    public ValueTask DisposeAsync()
    {
        _reader.Dispose();
        _http.Dispose();
        return ValueTask.CompletedTask;
    }
}
