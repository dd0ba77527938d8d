using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Control.Http;

/// <summary>
/// A whole request body: where the server read it, if it lies there in one piece, else in a rented buffer. Owned by the request that read it, which
/// must dispose of it.
/// </summary>
internal sealed class RequestBody : IDisposable
{
    // A client that announces much and sends little costs no more than this.
    private const int FirstBuffer = 64 * 1024;

    private readonly PipeReader _source;
    private ReadOnlySequence<byte> _unread;
    private byte[] _buffer = [];
    private int _length;

    private RequestBody(PipeReader source) => _source = source;

    /// <summary>The bytes, until disposed.</summary>
    public ReadOnlyMemory<byte> Bytes => _length == 0 ? _unread.First : _buffer.AsMemory(0, _length);

    /// <summary>
    /// Reads to the end. Null if there is more than the limit. Throws <see cref="BadHttpRequestException"/> if the client breaks the framing,
    /// <see cref="IOException"/> or <see cref="OperationCanceledException"/> if it is gone.
    /// </summary>
    public static async ValueTask<RequestBody?> ReadAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        var body = new RequestBody(request.BodyReader);
        try
        {
            while (await body.ReadMoreAsync(request.ContentLength, cancellationToken))
            {
                if (body._length <= limit)
                    continue;
                body.Dispose();
                return null;
            }
        }
        catch
        {
            body.Dispose();
            throw;
        }

        if (body.Bytes.Length <= limit)
            return body;
        body.Dispose();
        return null;
    }

    /// <summary>Gives the bytes back.</summary>
    public void Dispose()
    {
        if (!_unread.IsEmpty)
            _source.AdvanceTo(_unread.End);
        _unread = default;
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _length = 0;
    }

    /// <summary>False at the end.</summary>
    private async ValueTask<bool> ReadMoreAsync(long? announced, CancellationToken cancellationToken)
    {
        var result = await _source.ReadAsync(cancellationToken);
        if (result.IsCompleted && _length == 0 && result.Buffer is { IsSingleSegment: true, IsEmpty: false })
        {
            _unread = result.Buffer;
            return false;
        }

        Append(result.Buffer, announced);
        _source.AdvanceTo(result.Buffer.End);
        return !result.IsCompleted;
    }

    private void Append(ReadOnlySequence<byte> bytes, long? announced)
    {
        var needed = checked(_length + (int)bytes.Length);
        if (needed > _buffer.Length)
            Grow((int)Math.Max(needed, Math.Max(2L * _buffer.Length, Math.Min(announced ?? 4096, FirstBuffer))));
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length = needed;
    }

    private void Grow(int capacity)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(capacity, Array.MaxLength));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
