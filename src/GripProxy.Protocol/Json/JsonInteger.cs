using System.Globalization;
using System.Text.Json;
using GripProxy.Protocol.Tnet;

namespace GripProxy.Protocol.Json;

/// <summary>Reads whole numbers the way GRIP peers write them: <c>201</c>, <c>"201"</c> or <c>true</c> (HTTP-13, DIF-29).</summary>
internal static class JsonInteger
{
    private const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite;

    /// <summary>
    /// False if the value is no number. Fractions are rounded; numbers beyond 64 bits become the nearest end of the range, so that the
    /// caller's range check refuses them.
    /// </summary>
    public static bool TryRead(JsonValueKind kind, JsonRaw raw, out long value)
    {
        value = 0;
        switch (kind)
        {
            case JsonValueKind.True:
                value = 1;
                return true;
            case JsonValueKind.False:
                return true;
            case JsonValueKind.Number:
                value = raw.TryGetInt64(out var whole) ? whole : Round(raw);
                return true;
            case JsonValueKind.String:
                return raw.GetString() is { } text && TryRead(text, out value);
            default:
                return false;
        }
    }

    /// <summary>The same for tnetstring.</summary>
    public static bool TryRead(TnetValue tnet, out long value)
    {
        value = 0;
        switch (tnet.Type)
        {
            case TnetType.Boolean:
                value = tnet.GetBoolean() == true ? 1 : 0;
                return true;
            case TnetType.Integer:
                value = tnet.GetInteger() ?? 0;
                return true;
            case TnetType.Float:
                value = Round(tnet.GetFloat() ?? 0);
                return true;
            case TnetType.Bytes:
                return tnet.GetText() is { } text && TryRead(text, out value);
            default:
                return false;
        }
    }

    private static bool TryRead(string text, out long value)
    {
        if (long.TryParse(text, Style, CultureInfo.InvariantCulture, out value))
            return true;
        if (!Int128.TryParse(text, Style, CultureInfo.InvariantCulture, out var large))
            return false;
        value = large < 0 ? long.MinValue : long.MaxValue;
        return true;
    }

    private static long Round(JsonRaw raw) => raw.TryGetDouble(out var number) ? Round(number) : long.MaxValue;

    private static long Round(double number) => number switch
    {
        double.NaN or >= long.MaxValue => long.MaxValue,
        <= long.MinValue => long.MinValue,
        _ => (long)Math.Round(number, MidpointRounding.AwayFromZero),
    };
}
