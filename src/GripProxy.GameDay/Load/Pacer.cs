using GripProxy.GameDay.Plans;

namespace GripProxy.GameDay.Load;

/// <summary>
/// Says when requests are due: by the clock alone, whatever became of those before (an open loop). The rate goes evenly to what it aims at and follows a
/// shape. Owned by the loop that sends.
/// </summary>
/// <param name="batch">Events of a request.</param>
/// <param name="shape">How the rate goes over time.</param>
/// <param name="curve">Factors for each second, for the shape of a recording.</param>
internal sealed class Pacer(int batch, LoadShape shape, IReadOnlyList<double> curve)
{
    private const double Stride = 0.05; // seconds for which a rate is taken as constant

    private double _from;
    private double _to;
    private double _begin;
    private double _length;
    private double _now;
    private double _owed;

    /// <summary>Events a second that it aims at.</summary>
    public double Aim => _to;

    /// <summary>Goes to another rate.</summary>
    /// <param name="rate">Events a second.</param>
    /// <param name="seconds">How long that takes.</param>
    public void Go(double rate, double seconds)
    {
        _from = Base(_now);
        _to = rate;
        _begin = _now;
        _length = seconds;
        if (rate == 0 && seconds == 0)
            _owed = 0;
    }

    /// <summary>Moves on and gives when requests were due meanwhile, in seconds since the beginning.</summary>
    public void MoveTo(double now, ICollection<double> due)
    {
        while (_now < now)
        {
            var until = Math.Min(now, _now + Stride);
            var middle = _now + ((until - _now) / 2);
            var rate = Base(middle) * Factor(middle);
            var owed = _owed + (rate * (until - _now));
            for (var i = 1; owed >= batch; i++)
            {
                owed -= batch;
                due.Add(_now + (((i * batch) - _owed) / rate));
            }

            _owed = owed;
            _now = until;
        }
    }

    // Without the shape.
    private double Base(double at) => at - _begin >= _length ? _to : _from + ((_to - _from) * (at - _begin) / _length);

    private double Factor(double at) => shape switch
    {
        LoadShape.Burst => at % 30 < 10 ? 3 : 0,
        LoadShape.Sine => 1 + (0.5 * Math.Sin(2 * Math.PI * at / 60)),
        LoadShape.Recorded when curve.Count > 0 => curve[(int)at % curve.Count],
        _ => 1,
    };
}
