using System.Text;

namespace GripProxy.Fuzz.Tests;

/// <summary>Makes repeatable choices. Owned by one thread.</summary>
public sealed class Chance(int seed)
{
    private static readonly string[] s_oddTexts =
    [
        "", " ", "\t", "a", "é", "\u2028", "\u0085", "\ud83d\ude00", "\0", "\r", "\n", "\r\n", "\"", "\\", ",", ";", "=", "<", ">", ":", "*", "-1", "0", "1e9", "null", "true", "%00", "../", "{}", "[]",
    ];

    private readonly Random _random = new(seed);

    /// <summary>A whole number below the bound.</summary>
    public int Below(int bound) => _random.Next(bound);

    /// <summary>True once in so many times.</summary>
    public bool OneIn(int times) => _random.Next(times) == 0;

    /// <summary>One of these.</summary>
    public T Of<T>(IReadOnlyList<T> choices) => choices[_random.Next(choices.Count)];

    /// <summary>A number of these, each made anew.</summary>
    public IEnumerable<T> Some<T>(int most, Func<T> make)
    {
        for (int left = _random.Next(most + 1); left > 0; left--)
            yield return make();
    }

    /// <summary>A short text, sometimes an odd one.</summary>
    public string Text()
    {
        StringBuilder text = new();
        for (int pieces = _random.Next(4); pieces > 0; pieces--)
            text.Append(OneIn(4) ? Of(s_oddTexts) : Of(["news", "user-17", "x", "größe", "a b", "42"]));
        return text.ToString();
    }

    /// <summary>A name as one would write it.</summary>
    public string Word() => Of(["news", "user-17", "x", "A-b", "n42"]);

    /// <summary>A number, often at an edge.</summary>
    public long Number() => Of([0, 1, -1, 5, 20, 200, 101, 599, 1000, 65_535, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue, _random.Next(100)]);

    /// <summary>Bytes of any kind.</summary>
    public byte[] Bytes(int most)
    {
        byte[] bytes = new byte[_random.Next(most + 1)];
        _random.NextBytes(bytes);
        return bytes;
    }
}
