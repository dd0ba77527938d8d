using System.Buffers;

namespace GripProxy.Plugins.Queue;

/// <summary>Events that are exported together. Stateless.</summary>
internal static class PostBatch
{
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
