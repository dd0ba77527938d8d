using System.Globalization;
using System.Runtime.InteropServices;

namespace GripProxy.GameDay.Plans;

/// <summary>How much load a step is: a multiple of the baseline, or a rate. Immutable.</summary>
/// <param name="Multiple">Times the baseline; 0 if it is a rate.</param>
/// <param name="PerSecond">Events a second; 0 if it is a multiple.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LoadStep(double Multiple, double PerSecond)
{
    /// <summary>Events a second.</summary>
    public double Rate(double baseline) => PerSecond > 0 ? PerSecond : Multiple * baseline;

    /// <summary>Times the baseline.</summary>
    public double Times(double baseline) => PerSecond > 0 && baseline > 0 ? PerSecond / baseline : Multiple;

    /// <summary>As a plan says it: <c>3x</c> or <c>500/s</c>.</summary>
    public override string ToString() =>
        PerSecond > 0 ? string.Create(CultureInfo.InvariantCulture, $"{PerSecond:0.##}/s") : string.Create(CultureInfo.InvariantCulture, $"{Multiple:0.##}x");
}
