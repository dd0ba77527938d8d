using System.Globalization;
using System.Runtime.InteropServices;

namespace GripProxy.Protocol;

/// <summary>
/// A place in the log of a channel: "I have everything up to here" (LOG-01). Written <c>k3f9x2qd7m1a-17</c>; only the proxy reads anything into it.
/// Immutable.
/// </summary>
/// <param name="Epoch">Identity of the history: twelve characters <c>a-z0-9</c>.</param>
/// <param name="Offset">Number of the last item; 0 is the beginning of the epoch.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Position(string Epoch, long Offset)
{
    /// <summary>Characters of an epoch.</summary>
    public const int EpochLength = 12;

    /// <summary>Reads a position as it is written. False: this is none.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Position position)
    {
        position = default;
        if (text.Length < EpochLength + 2 || text[EpochLength] != '-' || !IsEpoch(text[..EpochLength]) ||
            !long.TryParse(text[(EpochLength + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
            return false;
        position = new Position(text[..EpochLength].ToString(), offset);
        return true;
    }

    /// <summary>The position as it is written.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Epoch}-{Offset}");

    private static bool IsEpoch(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c))
                return false;
        }

        return true;
    }
}
