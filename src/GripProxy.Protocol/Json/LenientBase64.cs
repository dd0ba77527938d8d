using System.Buffers;
using System.Buffers.Text;

namespace GripProxy.Protocol.Json;

/// <summary>
/// Base64 as publishers send it: characters outside the alphabet are skipped and missing padding is fine (OBS-63), nothing is refused.
/// </summary>
internal static class LenientBase64
{
    /// <summary>The bytes that <paramref name="text"/> encodes.</summary>
    public static byte[] Decode(ReadOnlySpan<byte> text)
    {
        var result = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length) + 3];
        if (Base64.DecodeFromUtf8(text, result, out var consumed, out var written) == OperationStatus.Done && consumed == text.Length)
            return result[..written];
        return DecodeLeniently(text, result);
    }

    private static byte[] DecodeLeniently(ReadOnlySpan<byte> text, byte[] result)
    {
        var written = 0;
        var bits = 0;
        var count = 0;
        foreach (var character in text)
        {
            var value = Value(character);
            if (value < 0)
                continue;
            bits = ((bits << 6) | value) & 0xFFFF;
            count += 6;
            if (count < 8)
                continue;
            count -= 8;
            result[written++] = (byte)(bits >> count);
        }

        return result[..written];
    }

    private static int Value(byte character) => character switch
    {
        >= (byte)'A' and <= (byte)'Z' => character - 'A',
        >= (byte)'a' and <= (byte)'z' => character - 'a' + 26,
        >= (byte)'0' and <= (byte)'9' => character - '0' + 52,
        (byte)'+' => 62,
        (byte)'/' => 63,
        _ => -1,
    };
}
