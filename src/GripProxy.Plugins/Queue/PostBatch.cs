using System.Buffers;

namespace GripProxy.Plugins.Queue;

/// <summary>Events that are exported together. Stateless.</summary>
internal static class PostBatch
{
    /// <summary>Parts of at most so many bytes of JSON, or of one event.</summary>
    public static IEnumerable<IReadOnlyList<PostWork>> Split(IReadOnlyList<PostWork> works, long bytes)
    {
        List<PostWork> part = [];
        long size = 0;
        foreach (var work in works)
        {
            if (part.Count > 0 && size + work.Body.Length + 1 > bytes)
            {
                yield return part;
                (part, size) = ([], 0);
            }

            part.Add(work);
            size += work.Body.Length + 1;
        }

        if (part.Count > 0)
            yield return part;
    }

    /// <summary>Their JSON as one list.</summary>
    public static ReadOnlyMemory<byte> Join(IReadOnlyList<PostWork> works)
    {
        var buffer = new ArrayBufferWriter<byte>(works.Sum(work => work.Body.Length + 1) + 1);
        for (var i = 0; i < works.Count; i++)
        {
            buffer.Write(i == 0 ? "["u8 : ","u8);
            buffer.Write(works[i].Body.Span);
        }

        buffer.Write("]"u8);
        return buffer.WrittenMemory;
    }
}
