using System.Globalization;
using System.Net.WebSockets;
using System.Text;

namespace GripProxy.Functional.Tests.Soak;

/// <summary>
/// What one connection got. Checks on arrival that its own items and those of the shared channel come in order, without a gap and only once. Written
/// by the reading task, waited for by the client's.
/// </summary>
public sealed class SoakInbox(ClientWebSocket socket, string own, string shared)
{
    /// <summary>How long anything may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim _news = new(0);
    private volatile string? _fault;
    private volatile int _own;
    private volatile int _answers;
    private volatile int _shared;
    private volatile int _lastShared;
    private int _oldestExpected;
    private volatile bool _ended;

    /// <summary>Items of its own channel.</summary>
    public int Own => _own;

    /// <summary>Items published to its own channel.</summary>
    public int OwnSent { get; set; }

    /// <summary>Messages of the origin.</summary>
    public int Answers => _answers;

    /// <summary>Items of the shared channel.</summary>
    public int Shared => _shared;

    /// <summary>How the proxy closed, or null: without a close frame.</summary>
    public WebSocketCloseStatus? ClosedWith { get; private set; }

    /// <summary>Reads to the connection's end.</summary>
    public async Task ReadAsync()
    {
        byte[] buffer = new byte[256];
        try
        {
            while (true)
            {
                ValueWebSocketReceiveResult part = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    ClosedWith = socket.CloseStatus;
                    break;
                }

                Take(Encoding.UTF8.GetString(buffer, 0, part.Count));
                _news.Release();
            }
        }
        catch (WebSocketException)
        {
            // The connection ended without a close frame; whether it may is for the client to say.
        }
        catch (OperationCanceledException)
        {
            // The client cut the connection.
        }

        _ended = true;
        _news.Release();
    }

    /// <summary>Waits until it is so.</summary>
    /// <exception cref="InvalidDataException">Something came in the wrong order or twice, or the connection ended before.</exception>
    public async Task UntilAsync(string what, Func<bool> isSo)
    {
        while (!isSo())
        {
            if ((_fault ?? (_ended ? "the connection ended" : null)) is { } fault)
            {
                throw new InvalidDataException($"{own} waits for {what}: {fault}; {this}");
            }

            if (!await _news.WaitAsync(Patience))
            {
                throw new TimeoutException($"{own} waits for {what}; {this}");
            }
        }

        if (_fault is { } broken)
        {
            throw new InvalidDataException($"{own}: {broken}; {this}");
        }
    }

    /// <summary>From now on everything of the shared channel has to come.</summary>
    public void Follow(SoakChannel channel) =>
        // What is on its way at this moment may have been before the subscription.
        _oldestExpected = channel.Begun + 1;

    /// <summary>Everything of the shared channel that the proxy has accepted until now has to have come.</summary>
    public async Task UnfollowAsync(SoakChannel channel)
    {
        int accepted = channel.Accepted;
        if (accepted >= _oldestExpected)
        {
            await UntilAsync($"number {accepted} of {shared}", () => _lastShared >= accepted);
        }
    }

    /// <summary>It has left the shared channel: what comes next may have any number.</summary>
    public void Forget() => _lastShared = 0;

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"own {_own} of {OwnSent}, answers {_answers}, shared {_shared} up to {_lastShared}, expected from {_oldestExpected}");

    private void Take(string text)
    {
        int blank = text.LastIndexOf(' ');
        if (blank > 0 && text.AsSpan(0, blank).SequenceEqual(own))
        {
            int number = int.Parse(text.AsSpan(blank + 1), CultureInfo.InvariantCulture);
            if (number != _own + 1)
            {
                _fault ??= string.Create(CultureInfo.InvariantCulture, $"own item {number} came after {_own}");
            }

            _own++;
        }
        else if (blank > 0 && text.AsSpan(0, blank).SequenceEqual(shared))
        {
            int number = int.Parse(text.AsSpan(blank + 1), CultureInfo.InvariantCulture);
            if (_lastShared != 0 && number != _lastShared + 1)
            {
                _fault ??= string.Create(CultureInfo.InvariantCulture, $"shared item {number} came after {_lastShared}");
            }

            _lastShared = number;
            _shared++;
        }
        else
        {
            _answers++;
        }
    }
}
