using System.Text;

namespace GripProxy.Fuzz.Tests;

/// <summary>Changes inputs a little: bytes, numbers, words of the target's language, and pieces of other inputs. Owned by one thread.</summary>
public sealed class Mutator(FuzzTarget target, Chance chance)
{
    private const int Longest = 20_000;

    private static readonly byte[] s_edges = [0, 1, (byte)'\n', (byte)'\r', (byte)' ', (byte)'"', (byte)'\\', (byte)',', (byte)':', 0x7F, 0x80, 0xC3, 0xED, 0xFF];

    /// <summary>A changed copy.</summary>
    /// <param name="input">The input.</param>
    /// <param name="other">Another one, to take from.</param>
    public byte[] Mutate(byte[] input, byte[] other)
    {
        List<byte> bytes = [.. input];
        for (int changes = 1 + chance.Below(4); changes > 0; changes--)
            Change(bytes, other);
        return bytes.Count <= Longest ? [.. bytes] : [.. bytes[..Longest]];
    }

    private void Change(List<byte> bytes, byte[] other)
    {
        int at = chance.Below(bytes.Count + 1);
        int length = Math.Min(1 + chance.Below(16), bytes.Count - at);
        switch (chance.Below(9))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << chance.Below(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = chance.Of(s_edges);
                break;
            case 2:
                bytes.RemoveRange(at, length);
                break;
            case 3:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 4:
                Repeat(bytes, at, length);
                break;
            case 5 when other.Length > 0:
                int from = chance.Below(other.Length);
                bytes.InsertRange(at, other.AsSpan(from, Math.Min(1 + chance.Below(64), other.Length - from)).ToArray());
                break;
            case 6:
                ReplaceNumber(bytes, at);
                break;
            case 7:
                bytes.InsertRange(at, chance.Bytes(4));
                break;
            default:
                bytes.InsertRange(at, Encoding.UTF8.GetBytes(chance.Of(target.Words)));
                break;
        }
    }

    // Deep nesting and long runs are where readers get slow.
    private void Repeat(List<byte> bytes, int at, int length)
    {
        if (length == 0)
            return;
        byte[] piece = [.. bytes.GetRange(at, length)];
        for (int times = chance.Of([2, 10, 100, 400]); times > 0 && bytes.Count < Longest; times--)
            bytes.InsertRange(at, piece);
    }

    private void ReplaceNumber(List<byte> bytes, int at)
    {
        int start = bytes.FindIndex(at, static b => b is >= (byte)'0' and <= (byte)'9');
        if (start < 0)
            return;
        int end = start;
        while (end < bytes.Count && bytes[end] is >= (byte)'0' and <= (byte)'9')
            end++;
        bytes.RemoveRange(start, end - start);
        bytes.InsertRange(start, Encoding.ASCII.GetBytes(chance.Number().ToString(System.Globalization.CultureInfo.InvariantCulture)));
    }
}
