using System.Text;
using System.Threading.Channels;
using GripProxy.Protocol.WebSockets;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Functional.Tests.Fixture;

/// <summary>An origin's endpoint of WebSocket-over-HTTP that answers by a script. Owned by one test.</summary>
/// <param name="answer">Gives the events of an answer for those of a request, which are empty where somebody only asks.</param>
/// <param name="headers">Header lines of every answer.</param>
public sealed class EventsEndpoint(Func<string, string> answer, params string[] headers)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly Channel<SeenRequest> _seen = Channel.CreateUnbounded<SeenRequest>();

    /// <summary>The next request that no test has looked at yet.</summary>
    public async Task<SeenRequest> NextAsync() => await _seen.Reader.ReadAsync().AsTask().WaitAsync(s_patience);

    /// <summary>How many requests came that no test has looked at.</summary>
    public int Waiting => _seen.Reader.Count;

    /// <summary>A text message of the origin in an answer.</summary>
    public static string Text(string text) => $"TEXT {Encoding.UTF8.GetByteCount(text):x}\r\n{text}\r\n";

    /// <summary>Answers one request.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        using StreamReader reader = new(context.Request.Body, Encoding.Latin1);
        string body = await reader.ReadToEndAsync(context.RequestAborted);
        _seen.Writer.TryWrite(new SeenRequest(
            context.Request.Method,
            context.Request.Path,
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            body));
        foreach (string header in headers)
        {
            string[] parts = header.Split(": ", 2);
            context.Response.Headers.Append(parts[0], parts[1]);
        }

        byte[] events = Encoding.UTF8.GetBytes(answer(body));
        context.Response.ContentType = WebSocketEventWriter.ContentType;
        context.Response.ContentLength = events.Length;
        await context.Response.Body.WriteAsync(events);
    }
}
