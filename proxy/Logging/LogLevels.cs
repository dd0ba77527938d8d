using System.Globalization;
using GripProxy.Protocol.Configuration;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Logging;

/// <summary>
/// The most detailed level that is written, per component (CLI-03): <c>2</c>, or a list as <c>2,proxy:3,handler:1</c>. Numbers: 0 error,
/// 1 warning, 2 info, 3 debug, 4 trace; higher ones mean 4. Immutable.
/// </summary>
internal sealed class LogLevels
{
    private const int Info = 2;

    private readonly LogLevel[] _minimum;

    private LogLevels(LogLevel[] minimum) => _minimum = minimum;

    /// <summary>Info for every component.</summary>
    public static LogLevels Default { get; } = All(Info);

    /// <summary>What <c>--verbose</c> stands for: debug for every component (CLI-01).</summary>
    public static LogLevels Verbose { get; } = All(3);

    /// <summary>The least severe level that a component writes.</summary>
    public LogLevel Minimum(LogComponent component) => _minimum[(int)component];

    /// <summary>Reads a level or a list. Names of other components are accepted and mean nothing, as in Pushpin.</summary>
    /// <returns>True with the levels, or false with Pushpin's text (CLI-01).</returns>
    public static bool TryParse(string text, out LogLevels levels, out string error)
    {
        levels = Default;
        error = "";
        var all = Info;
        var named = new List<KeyValuePair<LogComponent, int>>();
        foreach (var part in text.Split(','))
        {
            var item = part.Trim();
            if (item.Length == 0)
            {
                error = "log level component cannot be empty";
                return false;
            }

            var colon = item.IndexOf(':', StringComparison.Ordinal);
            var name = colon < 0 ? null : item[..colon].Trim();
            if (name is "")
            {
                error = "log level component name cannot be empty";
                return false;
            }

            if (!int.TryParse(item.AsSpan(colon + 1), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) || number < 0)
            {
                error = name is null
                    ? "log level must be greater than or equal to 0"
                    : $"log level for service {name} must be greater than or equal to 0";
                return false;
            }

            if (name is null)
            {
                all = number;
            }
            else if (Component(name) is { } component)
            {
                named.Add(new(component, number));
            }
        }

        var minimum = All(all)._minimum;
        foreach (var (component, number) in named)
        {
            minimum[(int)component] = Level(number);
        }

        levels = new LogLevels(minimum);
        return true;
    }

    /// <summary>Reads <c>[runner] log_level</c>; 2 if absent.</summary>
    public static LogLevels Read(Settings settings)
    {
        var text = string.Join(',', settings.List("runner", "log_level"));
        if (text.Length == 0)
        {
            return Default;
        }

        if (!TryParse(text, out var levels, out var error))
        {
            settings.Report(ConfigSeverity.Error, "runner", "log_level", $"{error}; write a number such as 2, or a list such as 2,proxy:3");
        }

        return levels;
    }

    private static LogLevels All(int number)
    {
        var minimum = new LogLevel[Enum.GetValues<LogComponent>().Length];
        Array.Fill(minimum, Level(number));
        return new LogLevels(minimum);
    }

    private static LogLevel Level(int number) => number switch
    {
        0 => LogLevel.Error,
        1 => LogLevel.Warning,
        2 => LogLevel.Information,
        3 => LogLevel.Debug,
        _ => LogLevel.Trace,
    };

    // The second names are those of older Pushpins (CFG-11, services).
    private static LogComponent? Component(string name) => name switch
    {
        "runner" or "pushpin" => LogComponent.Runner,
        "connmgr" or "condure" => LogComponent.Connmgr,
        "proxy" or "pushpin-proxy" => LogComponent.Proxy,
        "handler" or "pushpin-handler" => LogComponent.Handler,
        _ => null,
    };
}
