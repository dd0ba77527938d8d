namespace GripProxy.Protocol.Tests.Json;

/// <summary>Spoils good inputs in a repeatable way: bytes changed, removed, inserted, doubled, and pieces of other inputs put in.</summary>
internal sealed class Mutation(int seed)
{
    private static readonly byte[][] Pieces =
    [
        "\\ud800"u8.ToArray(), "\\udc00\\ud800"u8.ToArray(), "\""u8.ToArray(), "\\"u8.ToArray(), "null"u8.ToArray(), "[]"u8.ToArray(),
        "{}"u8.ToArray(), "-1"u8.ToArray(), "1e999"u8.ToArray(), "99999999999999999999"u8.ToArray(), ","u8.ToArray(), ";"u8.ToArray(),
        "<"u8.ToArray(), ">"u8.ToArray(), "="u8.ToArray(), [0xFF], [0xC3], [0], "\\u0000"u8.ToArray(), "\r\n"u8.ToArray(), "/"u8.ToArray(),
    ];

    private readonly Random _random = new(seed);

    public byte[] Spoil(byte[] input)
    {
        List<byte> bytes = [.. input];
        var times = _random.Next(1, 4);
        for (var i = 0; i < times; i++)
            SpoilOnce(bytes);
        return [.. bytes];
    }

    private void SpoilOnce(List<byte> bytes)
    {
        var at = _random.Next(bytes.Count + 1);
        var length = Math.Min(_random.Next(1, 8), bytes.Count - at);
        switch (_random.Next(5))
        {
            case 0 when at < bytes.Count:
                bytes[at] = (byte)_random.Next(256);
                break;
            case 1:
                bytes.RemoveRange(at, length);
                break;
            case 2:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            default:
                bytes.InsertRange(at, Pieces[_random.Next(Pieces.Length)]);
                break;
        }
    }
}
