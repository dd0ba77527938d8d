using System.Buffers;
using GripProxy.Proxy.Listeners.Admission;

namespace GripProxy.Proxy.Listeners.Http2;

/// <summary>
/// Finds in what an HTTP/2 client sends the frames that cost the client next to nothing (RFC 9113, 10.5), and counts them. It looks at the heads of frames only; whether
/// they are sound is for the server to say. Owned by the connection's reader.
/// </summary>
internal sealed class FrameCounter(ClientListenerOptions options, TimeProvider time)
{
    private const int HeadBytes = 9;
    private const int PrefaceBytes = 24;
    private const int TypeAt = 3;
    private const int FlagsAt = 4;
    private const byte EndStream = 1;

    private const byte Data = 0;
    private const byte Headers = 1;
    private const byte Reset = 3;
    private const byte WindowUpdate = 8;

    private readonly byte[] _head = new byte[HeadBytes];
    private int _headBytes;
    private long _skip = PrefaceBytes;
    private Allowance _resets = new(options.Http2Resets, time.GetTimestamp());
    private Allowance _control = new(options.Http2Control, time.GetTimestamp());

    /// <summary>Takes bytes that were not seen before.</summary>
    /// <returns>What there are too many of.</returns>
    public RefusalReason Count(ReadOnlySequence<byte> bytes)
    {
        foreach (var memory in bytes)
        {
            var rest = memory.Span;
            while (rest.Length > 0)
            {
                if (_skip > 0)
                {
                    var skipped = (int)Math.Min(_skip, rest.Length);
                    _skip -= skipped;
                    rest = rest[skipped..];
                    continue;
                }

                var part = Math.Min(HeadBytes - _headBytes, rest.Length);
                rest[..part].CopyTo(_head.AsSpan(_headBytes));
                _headBytes += part;
                rest = rest[part..];
                if (_headBytes == HeadBytes && CountFrame() is var reason && reason != RefusalReason.None)
                    return reason;
            }
        }

        return RefusalReason.None;
    }

    private RefusalReason CountFrame()
    {
        _headBytes = 0;
        _skip = (_head[0] << 16) | (_head[1] << 8) | _head[2];
        switch (_head[TypeAt])
        {
            case Reset:
                return IsTooMuch(ref _resets, options.Http2Resets) ? RefusalReason.Http2Resets : RefusalReason.None;
            // Requests, and their bodies; who loads something large opens the window for each part of it.
            case Headers or WindowUpdate:
            case Data when _skip > 0 || (_head[FlagsAt] & EndStream) != 0:
                return RefusalReason.None;
            default:
                return IsTooMuch(ref _control, options.Http2Control) ? RefusalReason.Http2Control : RefusalReason.None;
        }
    }

    private bool IsTooMuch(ref Allowance allowance, int rate) => rate > 0 && !allowance.TrySpend(rate, time.GetTimestamp(), time);
}
