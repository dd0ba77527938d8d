using System.Buffers;
using GripProxy.Forwarding.Answers;
using GripProxy.Forwarding.Http;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Forwarding.Requests;

/// <summary>
/// Reads the client's body through and remembers its beginning, so that the request can be sent to another target (HTTP-09) or, held, once
/// more (HTTP-33). Nothing is read ahead. Owned by the request's pipeline; one reader at a time.
/// </summary>
internal sealed class ClientBody(Stream inner, long? declaredLength) : BodyStream
{
    /// <summary>How much is remembered (HTTP-02).</summary>
    public const int Limit = 100_000;

    private byte[] _buffer = [];
    private int _stored;
    private int _position;
    private long _received;
    private bool _ended;

    /// <summary>Called with each read that brought bytes; a response timeout starts again then.</summary>
    public Action? Progress { get; set; }

    /// <summary>True if the head of the request said how long the body is.</summary>
    public bool HasDeclaredLength => declaredLength is not null;

    /// <summary>Why the body cannot be read to its end: it breaks a limit of the listener. <see cref="RequestError.None"/>: for no such reason.</summary>
    public RequestError Refusal { get; private set; }

    /// <summary>True once the client has sent everything.</summary>
    public bool IsComplete => _ended || _received == declaredLength;

    /// <summary>True if the body is longer than what is remembered.</summary>
    public bool IsTooLong => _received > Limit || declaredLength > Limit;

    /// <summary>True if what was read so far can be read again.</summary>
    public bool CanReplay => _received <= Limit;

    /// <summary>Length of the whole body; valid when <see cref="IsComplete"/>.</summary>
    public long Length64 => _received;

    /// <summary>The next read begins at the body's start again. Valid while <see cref="CanReplay"/>.</summary>
    public void Rewind() => _position = 0;

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var replay = _stored - _position;
        if (replay > 0)
        {
            var count = Math.Min(replay, buffer.Length);
            _buffer.AsSpan(_position, count).CopyTo(buffer.Span);
            _position += count;
            return ValueTask.FromResult(count);
        }

        // A read of nothing only waits for data; the server does that without a buffer.
        return buffer.IsEmpty ? WaitAsync(buffer, cancellationToken) : ReadInnerAsync(buffer, cancellationToken);
    }

    /// <summary>Gives the memory back. Nothing may read any more.</summary>
    public void Release()
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _stored = _position = 0;
    }

    private async ValueTask<int> WaitAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await inner.ReadAsync(buffer, cancellationToken);
        }
        catch (BadHttpRequestException e)
        {
            Refusal = e.StatusCode switch
            {
                StatusCodes.Status413PayloadTooLarge => RequestError.BodyTooLarge,
                StatusCodes.Status408RequestTimeout => RequestError.BodyTooSlow,
                _ => RequestError.None,
            };
            throw;
        }
    }

    private async ValueTask<int> ReadInnerAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var count = await WaitAsync(buffer, cancellationToken);
        if (count == 0)
        {
            _ended = true;
            return 0;
        }

        _received += count;
        if (_received <= Limit)
            Remember(buffer.Span[..count]);
        else
            Release();
        Progress?.Invoke();
        return count;
    }

    private void Remember(ReadOnlySpan<byte> bytes)
    {
        var needed = _stored + bytes.Length;
        if (needed > _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Min(Limit, Math.Max(needed, _buffer.Length * 2)));
            _buffer.AsSpan(0, _stored).CopyTo(larger);
            if (_buffer.Length > 0)
                ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        bytes.CopyTo(_buffer.AsSpan(_stored));
        _stored = _position = needed;
    }
}
