namespace GripProxy.Proxy.Commands;

/// <summary>Long options are also accepted with one dash, as Pushpin does: <c>-config=x</c> (CLI-01). Stateless.</summary>
internal static class ArgumentSpelling
{
    /// <summary>The arguments with two dashes before every long name.</summary>
    /// <param name="arguments">As typed.</param>
    /// <param name="longNames">Names without dashes.</param>
    public static string[] Normalize(IReadOnlyList<string> arguments, IReadOnlySet<string> longNames) =>
        [.. arguments.Select(argument => IsShortened(argument, longNames) ? "-" + argument : argument)];

    private static bool IsShortened(string argument, IReadOnlySet<string> longNames)
    {
        if (argument.Length < 2 || argument[0] != '-' || argument[1] == '-')
            return false;
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        return longNames.Contains(equals < 0 ? argument[1..] : argument[1..equals]);
    }
}
