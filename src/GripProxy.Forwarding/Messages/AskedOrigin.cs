using System.Buffers;
using GripProxy.Forwarding.WebSockets.OverHttp;
using GripProxy.Holds.Messages;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Forwarding.Messages;

/// <summary>
/// An origin that is asked about one client of a message protocol, in requests as of a WebSocket over HTTP (SIG-02): one at a time, each of them a
/// question with its answer. Owned by the client's connection.
/// </summary>
internal sealed partial class AskedOrigin(OriginCaller caller, OverHttpServices services) : IMessageOrigin
{
    private static readonly byte[] OpenEvent = "OPEN\r\n"u8.ToArray();
    private static readonly byte[] DisconnectEvent = "DISCONNECT\r\n"u8.ToArray();

    private readonly Lock _gate = new();

    // Ends when the origin may be asked again.
    private Task _last = Task.CompletedTask;
    private bool _isOver;

    /// <summary>Asks whether the client may connect. The answer says what is wrong; its body is read already.</summary>
    public Task<(EventsAnswer Answer, OriginAnswer? Opening)> OpenAsync()
    {
        var asked = AskToOpenAsync();
        // A client that leaves meanwhile: the origin hears of that after this.
        lock (_gate)
            _last = asked;
        return asked;
    }

    private async Task<(EventsAnswer Answer, OriginAnswer? Opening)> AskToOpenAsync()
    {
        var answer = await caller.CallAsync(new OriginCall(OpenEvent), isOpening: true);
        if (answer.Failure != OverHttpFailure.None)
            return (answer, null);
        var said = Read(answer, out var isOpen);
        return (answer, isOpen ? said : null);
    }

    /// <inheritdoc/>
    public Task<OriginAnswer> AskAsync(ReadOnlyMemory<byte> text)
    {
        lock (_gate)
        {
            if (_isOver)
                return Task.FromResult(OriginAnswer.Nothing);
            var asked = AskAsync(_last, text);
            _last = asked;
            return asked;
        }
    }

    /// <inheritdoc/>
    public void Leave()
    {
        lock (_gate)
        {
            if (_isOver)
                return;
            _isOver = true;
            _last = DisconnectAsync(_last);
        }
    }

    /// <summary>Never throws.</summary>
    private async Task<OriginAnswer> AskAsync(Task before, ReadOnlyMemory<byte> text)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var body = new ArrayBufferWriter<byte>(text.Length + WebSocketEventWriter.MaxOverhead);
        WebSocketEventWriter.Write(body, WebSocketEventType.Text, text.Span);
        try
        {
            var answer = await caller.CallAsync(new OriginCall(body.WrittenMemory), isOpening: false);
            if (answer.Failure == OverHttpFailure.None)
                return Read(answer, out _);
            Log.NotAnswered(services.Logger, caller.ConnectionId, caller.Target, answer.Failure, answer.Detail);
        }
        catch (Exception error)
        {
            // A fault of ours; nobody is allowed anything by it.
            Log.Failed(services.Logger, caller.ConnectionId, error);
        }

        return OriginAnswer.Nothing;
    }

    /// <summary>Tells the origin, after the question under way. Never throws.</summary>
    private async Task DisconnectAsync(Task before)
    {
        caller.Hurry();
        // Clients that come and go must not leave more and more requests behind (WOH-10). It counts at once, so that a proxy that stops waits for it.
        var isCounted = services.Farewells.TryEnter();
        await before.ConfigureAwait(ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.SuppressThrowing);
        if (!isCounted)
        {
            caller.Stop();
            return;
        }

        try
        {
            var answer = await caller.CallAsync(new OriginCall(DisconnectEvent), isOpening: false);
            answer.DropBody();
        }
        catch (Exception error)
        {
            // A fault of ours, and nobody else sees it.
            Log.Failed(services.Logger, caller.ConnectionId, error);
        }
        finally
        {
            services.Farewells.Leave();
            caller.Stop();
        }
    }

    /// <summary>The control messages among the events of an answer; what else is for the client is dropped (SIG-02).</summary>
    private OriginAnswer Read(EventsAnswer answer, out bool isOpen)
    {
        var controls = new List<ReadOnlyMemory<byte>>();
        var ends = false;
        isOpen = false;
        try
        {
            var reader = new WebSocketEventReader(answer.Body);
            for (var isFirst = true; reader.TryRead(out var next); isFirst = false)
            {
                isOpen |= isFirst && next.Type == WebSocketEventType.Open;
                ends |= next.Type is WebSocketEventType.Close or WebSocketEventType.Disconnect;
                if (!ends && next.Type == WebSocketEventType.Text && next.Content.Span.StartsWith("c:"u8))
                    controls.Add(next.Content[2..].ToArray());
            }

            if (reader.Error == WebSocketEventError.None)
                return new OriginAnswer(controls, ends);
            isOpen = false;
            Log.NotAnswered(services.Logger, caller.ConnectionId, caller.Target, OverHttpFailure.InvalidEvents, $"{reader.Error} at byte {reader.Position}");
            return OriginAnswer.Nothing;
        }
        finally
        {
            answer.DropBody();
        }
    }
}
