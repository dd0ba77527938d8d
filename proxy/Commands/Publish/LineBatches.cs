using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace GripProxy.Proxy.Commands.Publish;

/// <summary>
/// Reads lines as they come: those that are there together come as one batch, and a lone one does not wait for more. Stateless.
/// </summary>
internal static class LineBatches
{
    private const int BufferSize = 64 * 1024;
    private const int MostLines = 100;

    /// <summary>A fraction of what the control port takes in one request, so that framing and escaping fit too.</summary>
    private const int MostBytes = 128 * 1024;

    private const int LongestLine = 16 * 1024 * 1024;

    /// <summary>Reads to the end. Lines come without their line break.</summary>
    /// <exception cref="IOException">It cannot be read, or a line is longer than anything that can be published.</exception>
    public static async IAsyncEnumerable<IReadOnlyList<ReadOnlyMemory<byte>>> ReadAsync(
        Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: BufferSize));
        var isCompleted = false;
        while (!isCompleted)
        {
            var read = await reader.ReadAsync(cancellationToken);
            isCompleted = read.IsCompleted;
            var rest = read.Buffer;
            while (Take(ref rest, isCompleted) is { Count: > 0 } batch)
                yield return batch;
            if (rest.Length > LongestLine)
                throw new IOException($"a line is longer than {LongestLine} bytes");
            reader.AdvanceTo(rest.Start, rest.End);
        }

        await reader.CompleteAsync();
    }

    private static List<ReadOnlyMemory<byte>> Take(ref ReadOnlySequence<byte> rest, bool isCompleted)
    {
        var lines = new List<ReadOnlyMemory<byte>>();
        for (var bytes = 0; lines.Count < MostLines && bytes < MostBytes && !rest.IsEmpty; bytes += lines[^1].Length)
        {
            var end = rest.PositionOf((byte)'\n');
            if (end is null && !isCompleted)
                break;
            var line = end is { } found ? rest.Slice(0, found) : rest;
            rest = end is { } next ? rest.Slice(rest.GetPosition(1, next)) : rest.Slice(rest.End);
            var content = line.ToArray();
            lines.Add(content is [.., (byte)'\r'] ? content.AsMemory(0, content.Length - 1) : content);
        }

        return lines;
    }
}
