using System.Buffers;
using GripProxy.Protocol.Filters;
using GripProxy.Protocol.Instructs;

namespace GripProxy.Forwarding.Http;

/// <summary>Reads the body of an instruct into memory, as far as it may be long (HTTP-16).</summary>
internal static class InstructBody
{
    /// <summary>Longest body of an instruct.</summary>
    public const int Limit = 100_000;

    /// <summary>
    /// The body, and whether that is all of it. If not, what is left is still in the response's stream.
    /// </summary>
    public static ValueTask<(ReadOnlyMemory<byte> Body, bool Complete)> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        // It is there as soon as the head is, so hardly ever anything waits. Contents that count bytes have it only as a task.
        var stream = response.Content.ReadAsStreamAsync(cancellationToken);
        return stream.IsCompletedSuccessfully ? ReadAsync(stream.Result, cancellationToken) : ReadAsync(stream, cancellationToken);
    }

    /// <summary>The beginning of a stream, and whether that is all of it. If not, what is left is still in the stream.</summary>
    public static ValueTask<(ReadOnlyMemory<byte> Body, bool Complete)> ReadAsync(Stream stream, CancellationToken cancellationToken) =>
        ReadAsync(stream, Limit, cancellationToken);

    /// <summary>The same with another limit, in bytes.</summary>
    public static async ValueTask<(ReadOnlyMemory<byte> Body, bool Complete)> ReadAsync(Stream stream, int limit, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(4096);
        var length = 0;
        try
        {
            while (length <= limit)
            {
                if (length == buffer.Length)
                    buffer = Grow(buffer);
                var count = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken);
                if (count == 0)
                    return (buffer.AsMemory(0, length).ToArray(), true);
                length += count;
            }

            return (buffer.AsMemory(0, length).ToArray(), false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>True if the instruct's body may be longer than the limit: a stream whose beginning needs no filter.</summary>
    public static bool MayBeLong(Instruct instruct)
    {
        if (instruct.Hold == HoldMode.Response || (instruct.Hold == HoldMode.None && instruct.Next is null))
            return false;
        foreach (var channel in instruct.Channels)
        {
            foreach (var filter in channel.Filters)
            {
                if (FilterNames.Find(filter) == FilterKind.BuildId)
                    return false;
            }
        }

        return true;
    }

    private static async ValueTask<(ReadOnlyMemory<byte> Body, bool Complete)> ReadAsync(Task<Stream> stream, CancellationToken cancellationToken) =>
        await ReadAsync(await stream, cancellationToken);

    private static byte[] Grow(byte[] buffer)
    {
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
