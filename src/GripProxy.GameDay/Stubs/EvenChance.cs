using System.Security.Cryptography;

namespace GripProxy.GameDay.Stubs;

/// <summary>
/// Says yes at a probability. Of any number of answers as many are yes as the probability says, give or take one; which ones is chance. Owned by one customer.
/// </summary>
/// <param name="probability">From 0 to 1.</param>
/// <param name="random">Gives numbers from 0 to less than 1.</param>
internal sealed class EvenChance(double probability, Func<double>? random = null)
{
    private readonly Func<double> _random = random ?? Random;
    private long _asked;
    private long _placed;
    private double _next = double.NaN;

    /// <summary>A random number from 0 to less than 1.</summary>
    public static double Random() => RandomNumberGenerator.GetInt32(1 << 30) / (double)(1 << 30);

    /// <summary>Asks once.</summary>
    public bool Ask()
    {
        if (probability <= 0)
            return false;
        // Each stretch of 1/p questions has one yes, at a random place.
        if (double.IsNaN(_next))
            _next = (_placed + _random()) / probability;
        _asked++;
        if (_next >= _asked)
            return false;
        _placed++;
        _next = double.NaN;
        return true;
    }
}
