using System.Buffers;
using System.Text.Encodings.Web;

namespace GripProxy.Forwarding.SockJs.Frames;

/// <summary>Messages as the inside of JSON strings. Stateless.</summary>
internal static class SockJsText
{
    // Also escapes what ends a line in old scripts, and what old browsers lose: controls and code points without a character.
    private static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>Appends text; bytes that are no UTF-8 become U+FFFD.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="isFinal">False: a character that is cut off at the end waits for its rest.</param>
    /// <param name="output">Where to.</param>
    /// <returns>How many bytes were used; all but such an end.</returns>
    public static int Escape(ReadOnlySpan<byte> text, bool isFinal, IBufferWriter<byte> output)
    {
        var used = 0;
        while (used < text.Length)
        {
            // The longest escape of one character has twelve bytes.
            var space = output.GetSpan(text.Length - used + 16);
            var status = Encoder.EncodeUtf8(text[used..], space, out var consumed, out var written, isFinal);
            output.Advance(written);
            used += consumed;
            if (status == OperationStatus.NeedMoreData)
                break;
        }

        return used;
    }
}
