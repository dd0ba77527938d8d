using System.Threading.Channels;
using GripProxy.Holds.WebSockets;

namespace GripProxy.Holds.Tests.WebSockets;

/// <summary>An origin in memory.</summary>
internal sealed class TestOrigin : TestPeer, IWebSocketOrigin
{
    private readonly Channel<string> _asked = Channel.CreateUnbounded<string>();

    /// <summary>True: it can be asked what was missed, as over HTTP.</summary>
    public bool CanRecover { get; init; }

    /// <summary>The next question: <c>refresh</c>, or channel, last id and reason.</summary>
    public async Task<string> NextQuestionAsync() => await _asked.Reader.ReadAsync();

    public bool WasAsked => _asked.Reader.TryPeek(out _);

    /// <summary>False: it has a WebSocket of its own, so that there is nothing to ask.</summary>
    public bool CanRefresh { get; set; } = true;

    /// <summary>Happens once, while it is asked what was missed.</summary>
    public Action? WhileAsked { get; set; }

    public bool Refresh() => CanRefresh && _asked.Writer.TryWrite("refresh");

    public bool TryRecover(string channel, string? lastId, string reason)
    {
        var happens = WhileAsked;
        WhileAsked = null;
        happens?.Invoke();
        if (CanRecover)
            _asked.Writer.TryWrite($"{channel} {lastId ?? "-"} {reason}");
        return CanRecover;
    }
}
