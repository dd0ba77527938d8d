using System.Numerics;

namespace GripProxy.GameDay.Figures;

/// <summary>A set of numbers from 0 that grows as needed. Guarded by its owner.</summary>
internal sealed class BitList
{
    private ulong[] _words = [];

    /// <summary>How many are in it.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a number.</summary>
    /// <returns>False if it was there.</returns>
    public bool Add(int number)
    {
        var word = number >> 6;
        if (word >= _words.Length)
            Array.Resize(ref _words, Math.Max(word + 1, _words.Length * 2));
        var bit = 1UL << (number & 63);
        if ((_words[word] & bit) != 0)
            return false;
        _words[word] |= bit;
        Count++;
        return true;
    }

    /// <summary>How many of this one's numbers another lacks.</summary>
    /// <param name="other">The other one.</param>
    /// <param name="from">The first number that counts.</param>
    public long CountMissingIn(BitList other, int from)
    {
        long missing = 0;
        for (var i = from >> 6; i < _words.Length; i++)
        {
            var word = i == from >> 6 ? _words[i] & (ulong.MaxValue << (from & 63)) : _words[i];
            missing += BitOperations.PopCount(i < other._words.Length ? word & ~other._words[i] : word);
        }

        return missing;
    }
}
