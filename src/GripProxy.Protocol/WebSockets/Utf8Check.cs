using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace GripProxy.Protocol.WebSockets;

/// <summary>
/// Checks text that arrives in fragments, which may end inside a character (RFC 6455 §8.1). Fails at the first byte that cannot be right.
/// Owned by who reads the connection.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public struct Utf8Check
{
    private const int LongestCharacter = 4;

    // The beginning of a character that the last fragment ended in, first byte highest.
    private uint _begun;
    private int _begunLength;

    /// <summary>Looks at the next fragment of a message; false: this is not UTF-8. After the last fragment a new message may come.</summary>
    public bool Accept(ReadOnlySpan<byte> fragment, bool isLast)
    {
        if (_begunLength > 0 && !TryComplete(ref fragment))
            return false;
        if (_begunLength == 0)
        {
            var tail = Rune.DecodeLastFromUtf8(fragment, out _, out var size) == OperationStatus.NeedMoreData ? size : 0;
            if (!Utf8.IsValid(fragment[..^tail]))
                return false;
            Begin(fragment[^tail..]);
        }

        return !isLast || _begunLength == 0;
    }

    // Takes from the fragment what belongs to the character that was begun.
    private bool TryComplete(ref ReadOnlySpan<byte> fragment)
    {
        Span<byte> character = stackalloc byte[LongestCharacter];
        for (var i = 0; i < _begunLength; i++)
            character[i] = (byte)(_begun >> (8 * (_begunLength - 1 - i)));
        var added = Math.Min(LongestCharacter - _begunLength, fragment.Length);
        fragment[..added].CopyTo(character[_begunLength..]);
        character = character[..(_begunLength + added)];
        switch (Rune.DecodeFromUtf8(character, out _, out var used))
        {
            case OperationStatus.Done:
                fragment = fragment[(used - _begunLength)..];
                _begunLength = 0;
                return true;
            case OperationStatus.NeedMoreData:
                Begin(character);
                return true;
            default:
                return false;
        }
    }

    private void Begin(ReadOnlySpan<byte> bytes)
    {
        _begun = 0;
        foreach (var value in bytes)
            _begun = (_begun << 8) | value;
        _begunLength = bytes.Length;
    }
}
