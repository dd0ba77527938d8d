using System.Text.RegularExpressions;

namespace GripProxy.Architecture.Tests;

/// <summary>An event of the log is found by its id: each is used once, and its thousand says where it comes from.</summary>
public sealed partial class EventIdTests
{
    private static readonly Dictionary<string, int> s_thousands = new(StringComparer.Ordinal)
    {
        ["src/GripProxy.Security/"] = 1,
        ["src/GripProxy.Channels/"] = 2,
        ["src/GripProxy.Holds/"] = 3,
        ["src/GripProxy.Forwarding/"] = 4,
        ["src/GripProxy.Control/"] = 5,
        ["src/GripProxy.Redis/"] = 6,
        ["src/GripProxy.Plugins/"] = 7,
        ["src/GripProxy.Plugins.Redis/"] = 7,
        ["origin-sample/"] = 8,
        ["proxy/"] = 9,
        ["src/GripProxy.SignalR/"] = 10,
        ["src/GripProxy.Dashboard/"] = 11,
    };

    [Fact]
    public void EventIds_InTheWholeProduct_AreUsedOnce()
    {
        IEnumerable<string> repeated =
            from use in Uses()
            group use.File by use.Id into same
            where same.Count() > 1
            select $"{same.Key}: {string.Join(", ", same)}";

        NoFindings.In(repeated, "Event ids that are used twice");
    }

    [Fact]
    public void EventIds_OfAProject_AreInItsThousand()
    {
        IEnumerable<string> strange =
            from use in Uses()
            where !s_thousands.Any(home => use.File.StartsWith(home.Key, StringComparison.Ordinal) && use.Id / 1000 == home.Value)
            select $"{use.File}: {use.Id}";

        NoFindings.In(strange, "Event ids outside the range of their project");
    }

    private static IEnumerable<(string File, int Id)> Uses() =>
        from file in Repository.Sources()
        from Match match in EventId().Matches(File.ReadAllText(file))
        select (Repository.Relative(file), int.Parse(match.Groups["id"].ValueSpan));

    [GeneratedRegex(@"\[LoggerMessage\(\s*(?:EventId\s*=\s*)?(?<id>\d+)", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex EventId();
}
