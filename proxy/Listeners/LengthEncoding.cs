using System.Text;

namespace GripProxy.Proxy.Listeners;

/// <summary>
/// Decodes the value of a <c>Content-Length</c>: digits as they are, everything else as a character that no number has. The server asks its
/// encoding selector for this header too and then parses the characters in a way that lets a sign pass, which a peer in front of us may
/// read differently (DIF-83). Immutable.
/// </summary>
internal sealed class LengthEncoding : Encoding
{
    private const char NoDigit = '\uFFFD';

    /// <summary>The only instance that is needed.</summary>
    public static LengthEncoding Instance { get; } = new();

    /// <inheritdoc/>
    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex)
    {
        for (var i = 0; i < byteCount; i++)
        {
            var c = (char)bytes[byteIndex + i];
            chars[charIndex + i] = char.IsAsciiDigit(c) ? c : NoDigit;
        }

        return byteCount;
    }

    /// <inheritdoc/>
    public override int GetCharCount(byte[] bytes, int index, int count) => count;

    /// <inheritdoc/>
    public override int GetMaxCharCount(int byteCount) => byteCount;

    /// <inheritdoc/>
    public override int GetByteCount(char[] chars, int index, int count) => Latin1.GetByteCount(chars, index, count);

    /// <inheritdoc/>
    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) =>
        Latin1.GetBytes(chars, charIndex, charCount, bytes, byteIndex);

    /// <inheritdoc/>
    public override int GetMaxByteCount(int charCount) => Latin1.GetMaxByteCount(charCount);
}
