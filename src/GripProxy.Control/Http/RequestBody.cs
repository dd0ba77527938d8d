using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Control.Http;

/// <summary>A whole request body in a rented buffer. Owned by the request that read it, which must dispose of it.</summary>
internal sealed class RequestBody : IDisposable
{
    // A client that announces much and sends little costs no more than this.
    private const int FirstBuffer = 64 * 1024;

    private byte[] _buffer;
    private int _length;

    private RequestBody(int capacity) => _buffer = ArrayPool<byte>.Shared.Rent(capacity);

    /// <summary>The bytes, until disposed.</summary>
    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <summary>
    /// Reads to the end. Null if there is more than the limit. Throws <see cref="BadHttpRequestException"/> if the client breaks the framing,
    /// <see cref="IOException"/> or <see cref="OperationCanceledException"/> if it is gone.
    /// </summary>
    public static async ValueTask<RequestBody?> ReadAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        var announced = Math.Min(request.ContentLength ?? 4096, limit);
        var body = new RequestBody((int)Math.Min(announced + 1, FirstBuffer));
        try
        {
            while (await body.ReadMoreAsync(request.Body, cancellationToken))
            {
                if (body._length > limit)
                {
                    body.Dispose();
                    return null;
                }
            }
        }
        catch
        {
            body.Dispose();
            throw;
        }

        return body;
    }

    /// <summary>Gives the buffer back.</summary>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _length = 0;
    }

    private async ValueTask<bool> ReadMoreAsync(Stream source, CancellationToken cancellationToken)
    {
        if (_length == _buffer.Length)
            Grow();
        var count = await source.ReadAsync(_buffer.AsMemory(_length), cancellationToken);
        _length += count;
        return count > 0;
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(2L * _buffer.Length, Array.MaxLength));
        Bytes.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
